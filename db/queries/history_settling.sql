-- Two rows are enough to see that a prefix fits several jobs.
SELECT j.job_uid, r.run_uid, r.runbook, r.scope, t.device_uid, t.hostname, t.disposition, t.reason, t.revised_at,
       r.account
FROM jobs j
JOIN runs r ON r.id = j.run
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE j.job_uid >= :uid AND j.job_uid < :uid || '~'
ORDER BY j.job_uid
LIMIT 2;
