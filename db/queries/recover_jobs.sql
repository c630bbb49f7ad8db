-- Jobs to follow, oldest first: those of pending targets, and those given up here that may still end upstream.
SELECT j.job_uid, r.run_uid, r.runbook, j.device_uid, j.status, j.datto_job_uid, j.component_uid, j.component_name,
       j.variables, j.created_at, j.queued_at, j.started_at, j.completed_at, t.decided_at AS abandoned_at,
       r.account
FROM jobs j INDEXED BY jobs_followed
JOIN runs r ON r.id = j.run
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE j.status IN ('created', 'queued', 'running', 'timeout')
  AND (j.late_status IS NULL OR j.late_status IN ('created', 'queued', 'running'))
  AND (t.disposition = 'pending' AND j.status <> 'timeout'
       OR t.decided_at > :followed_since
          AND ifnull(j.datto_status, '') NOT IN ('Success', 'Warning', 'Failure', 'Expired', 'Retired'))
ORDER BY j.id;
