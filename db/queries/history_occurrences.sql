-- A line that names a filter is left out where the filter is not set.
SELECT * FROM occurrence_history
WHERE true
  AND run_uid >= :uid AND run_uid < :uid || '~'
  AND run_uid >= :run AND run_uid < :run || '~'
  AND runbook = :runbook
  AND customer = :customer
  AND verdict = :status
  AND nominal_until >= :since
  AND nominal_at < :until
ORDER BY nominal_at DESC, runbook, zone, customer
LIMIT :limit;
