-- A line that names a filter is left out where the filter is not set.
SELECT *, ifnull(last_success_at >= ifnull(:since, ''), 0) AS covered
FROM device_coverage
WHERE runbook = :runbook
  AND customer = :customer
ORDER BY last_success_at, hostname, device_uid
LIMIT :limit OFFSET :offset;
