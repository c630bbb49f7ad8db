-- The last job of a target, with the hashes of what it printed ('': nothing known).
SELECT j.job_uid, lower(hex(o.sha256)) AS stdout_sha256, lower(hex(e.sha256)) AS stderr_sha256
FROM jobs j
LEFT JOIN outputs o ON o.id = j.stdout
LEFT JOIN outputs e ON e.id = j.stderr
WHERE j.run = (SELECT id FROM runs WHERE run_uid = :run) AND j.device_uid = :device
ORDER BY j.step DESC, j.attempt DESC LIMIT 1;
