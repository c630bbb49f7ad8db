-- A line that names a filter is left out where the filter is not set.
SELECT * FROM target_exclusions
WHERE true
  AND run_uid >= :uid AND run_uid < :uid || '~'
  AND run_uid >= :run AND run_uid < :run || '~'
  AND runbook = :runbook
  AND site_name = :site COLLATE NOCASE
  AND (device_uid = :device COLLATE NOCASE OR hostname = :device COLLATE NOCASE)
ORDER BY run_uid DESC, hostname, device_uid
LIMIT :limit;
