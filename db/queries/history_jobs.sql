-- A line that names a filter is left out where the filter is not set. Uids are in the order of time, so `since` is a place in
-- them, found by the one job in 64 that the index has.
SELECT job_uid, run_uid, runbook, revision, account, customer, site_uid, site_name, device_uid, hostname, component_uid,
       component_name, step, attempt, wave, variables, status, reason, exit_code, warnings, nominal_at, created_at,
       queued_at, started_at, ran_at, completed_at, duration_ms, stdout_sha256, stderr_sha256, stdout_truncated,
       stderr_truncated, outputs_pruned, datto_job_uid, datto_status, late_status, late_at, "trigger", actor
FROM job_history
WHERE true
  AND job_uid >= :uid AND job_uid < :uid || '~'
  AND run_uid >= :run AND run_uid < :run || '~'
  AND runbook = :runbook
  AND customer = :customer
  AND (site_name = :site COLLATE NOCASE OR site_uid = :site COLLATE NOCASE)
  AND device_uid IN (SELECT :device UNION SELECT lower(:device) UNION SELECT device_uid FROM device_names WHERE hostname = :device COLLATE NOCASE)
  AND device_uid = :one_device
  AND status = :status
  AND job_uid >= ifnull((SELECT job_uid FROM jobs WHERE id % 64 = 0 AND created_at < CAST(strftime('%s', :since) AS INTEGER) * 1000 + CAST(substr(:since, 21, 3) AS INTEGER) ORDER BY created_at DESC LIMIT 1), '')
  AND created_at >= :since
  AND created_at < :until
ORDER BY job_uid DESC
LIMIT :limit;
