-- The newest run that the guard of a lane compares with stays, and one that a verdict still names.
SELECT r.id, r.planned_at,
       r.finished_at < :before
       AND NOT EXISTS (SELECT 1 FROM occurrences o WHERE o.run = r.id)
       AND r.id IS NOT (SELECT max(n.id) FROM runs n
                        WHERE n.runbook = r.runbook AND n.account = r.account AND n.zone = r.zone AND ifnull(n.customer, '') = ifnull(r.customer, '')
                          AND n.started_at IS NOT NULL AND n.narrowed = 0 AND n.status <> 'aborted') AS may_go
FROM runs r
WHERE r.id > :after
ORDER BY r.id
LIMIT :limit;
