-- A line that names a filter is left out where the filter is not set.
SELECT * FROM device_fleet
WHERE true
  AND customer = :customer
  AND (site_name = :site COLLATE NOCASE OR site_uid = :site COLLATE NOCASE)
  AND (device_uid = :device COLLATE NOCASE OR hostname = :device COLLATE NOCASE)
  AND iif(gone_at IS NOT NULL, 'gone', iif(online, 'online', 'offline')) = :status
ORDER BY hostname, device_uid
LIMIT :limit;
