SELECT v.job_uid, v.component_name, v.step, v.attempt, v.status, v.reason, v.exit_code, v.created_at, v.completed_at,
       v.datto_job_uid, v.datto_status, v.late_status, v.late_at
FROM runs r
JOIN jobs j ON j.run = r.id AND j.device_uid = :device
JOIN job_history v ON v.job_uid = j.job_uid
WHERE r.run_uid = :run
ORDER BY j.id;
