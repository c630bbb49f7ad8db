-- A line that names a filter is left out where the filter is not set.
SELECT * FROM approval_history
WHERE true
  AND approval_uid >= :uid AND approval_uid < :uid || '~'
  AND run_uid >= :run AND run_uid < :run || '~'
  AND runbook = :runbook
  AND customer = :customer
  AND state = :status
  AND requested_at >= :since
  AND requested_at < :until
ORDER BY requested_at DESC, approval_uid DESC
LIMIT :limit;
