-- The newest verdict of a lane stays, for it says until when the lane is judged; so does one whose run stays.
SELECT o.id, o.decided_at,
       o.nominal_until < :before
       AND (o.voided_at IS NOT NULL
            OR EXISTS (SELECT 1 FROM occurrences n
                       WHERE n.runbook = o.runbook AND n.zone = o.zone AND ifnull(n.customer, '') = ifnull(o.customer, '')
                         AND n.nominal_at > o.nominal_until AND n.voided_at IS NULL))
       AND (o.run IS NULL OR (SELECT r.finished_at < :before FROM runs r WHERE r.id = o.run)) AS may_go
FROM occurrences o
WHERE o.id > :after
ORDER BY o.id
LIMIT :limit;
