-- As recover_missed, of one lane.
SELECT nominal_at, nominal_until, 1, reason, revision
FROM occurrences
WHERE runbook = :runbook AND verdict = 'missed' AND run IS NULL AND voided_at IS NULL AND zone = :zone
  AND ifnull(customer, '') = :customer
ORDER BY nominal_until DESC
LIMIT :most;
