-- A line that names a filter is left out where the filter is not set.
SELECT * FROM target_ledger
WHERE true
  AND run_uid >= :uid AND run_uid < :uid || '~'
  AND run_uid >= :run AND run_uid < :run || '~'
  AND runbook = :runbook
  AND customer = :customer
  AND (site_name = :site COLLATE NOCASE OR site_uid = :site COLLATE NOCASE)
  AND (device_uid = :device COLLATE NOCASE OR hostname = :device COLLATE NOCASE)
  AND disposition = :status
  AND ifnull(decided_at, nominal_at) >= :since
  AND ifnull(decided_at, nominal_at) < :until
ORDER BY run_uid DESC, wave, hostname, device_uid
LIMIT :limit;
