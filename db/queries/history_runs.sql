-- A line that names a filter is left out where the filter is not set.
SELECT * FROM run_history
WHERE true
  AND run_uid >= :uid AND run_uid < :uid || '~'
  AND run_uid >= :run AND run_uid < :run || '~'
  AND runbook = :runbook
  AND customer = :customer
  AND status = :status
  AND ifnull(started_at, ifnull(nominal_at, window_end)) >= :since
  AND ifnull(started_at, ifnull(nominal_at, window_end)) < :until
ORDER BY run_uid DESC
LIMIT :limit;
