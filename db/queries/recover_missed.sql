-- The newest verdicts that may be voided when the clock is set back, newest first.
SELECT nominal_at, nominal_until, 1, reason, revision
FROM occurrences
WHERE runbook = :runbook AND verdict = 'missed' AND run IS NULL AND voided_at IS NULL
ORDER BY nominal_until DESC
LIMIT :most;
