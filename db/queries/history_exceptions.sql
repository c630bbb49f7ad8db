-- A line that names a filter is left out where the filter is not set.
SELECT * FROM exceptions
WHERE true
  AND run_uid >= :run AND run_uid < :run || '~'
  AND customer = :customer
  AND device_uid = :device COLLATE NOCASE
  AND kind = :status
  AND at >= :since
  AND at < :until
ORDER BY at DESC
LIMIT :limit;
