-- Jobs that were given up without an answer, oldest first: to search for, or, where they have turned up, to follow.
SELECT j.job_uid, r.run_uid, r.runbook, j.device_uid, j.component_uid, j.component_name, j.created_at, j.datto_job_uid,
       j.queued_at, t.disposition = 'unknown' AND t.revised_at IS NULL AS is_target_unknown,
       r.account, r.revision, j.step, j.steps_after
FROM jobs j INDEXED BY jobs_lost
JOIN runs r ON r.id = j.run
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE j.reason = 'unknown_dispatch' AND j.late_status IS NULL AND j.created_at > :oldest
  AND (j.created_at > :searched_since OR j.queued_at > :followed_since)
ORDER BY j.id;
