-- Runs of instants in (:from, :until] that have no verdict, in order.
SELECT r.run_uid, r.revision, r.zone, r.nominal_at, r.window_end, r.started_at, r.finished_at,
       ifnull(r.customer, '')
FROM runs r
WHERE r.runbook = :runbook AND r."trigger" = 'schedule' AND r.nominal_at > :from AND r.nominal_at <= :until
  AND NOT EXISTS (SELECT 1 FROM occurrences o
                  WHERE o.runbook = r.runbook AND o.zone = r.zone AND ifnull(o.customer, '') = ifnull(r.customer, '')
                    AND o.nominal_at = r.nominal_at AND o.voided_at IS NULL AND o.run = r.id)
ORDER BY r.nominal_at, r.id;
