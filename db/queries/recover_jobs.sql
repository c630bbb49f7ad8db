-- Jobs to follow, oldest first: those of pending targets (also one that has timed out and is to be tried again once
-- it has ended), and those given up here that may still end upstream.
SELECT j.job_uid, r.run_uid, r.runbook, j.device_uid, j.status, j.datto_job_uid, j.component_uid, j.component_name,
       j.variables, j.created_at, j.queued_at, j.started_at, j.completed_at,
       ifnull(t.decided_at, iif(j.status = 'timeout', ifnull(j.started_at, j.created_at), NULL)) AS abandoned_at,
       r.account, r.revision, j.step, j.steps_after
FROM jobs j INDEXED BY jobs_followed
JOIN runs r ON r.id = j.run
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE (j.status = 'created' OR j.status = 'queued' OR j.status = 'running' OR j.status = 'timeout')
  AND (j.late_status IS NULL OR j.late_status = 'created' OR j.late_status = 'queued' OR j.late_status = 'running')
  AND (t.disposition = 'pending'
       OR t.decided_at > :followed_since
          AND ifnull(j.datto_status, '') NOT IN ('Success', 'Warning', 'Failure', 'Expired', 'Retired'))
ORDER BY j.id;
