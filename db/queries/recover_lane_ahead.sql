-- As recover_ahead, of one lane.
SELECT nominal_at, nominal_until, verdict = 'missed' AND run IS NULL AS missed_without_run, reason, revision
FROM occurrences
WHERE runbook = :runbook AND nominal_until > :from AND voided_at IS NULL AND zone = :zone
  AND ifnull(customer, '') = :customer
UNION ALL
SELECT nominal_at, nominal_at, 0, '', revision
FROM runs r
WHERE r.runbook = :runbook AND r."trigger" = 'schedule' AND r.nominal_at > :from AND r.zone = :zone
  AND ifnull(r.customer, '') = :customer
  AND NOT EXISTS (SELECT 1 FROM occurrences o
                  WHERE o.runbook = r.runbook AND o.nominal_until >= r.nominal_at AND o.voided_at IS NULL
                    AND o.run = r.id)
ORDER BY 1;
