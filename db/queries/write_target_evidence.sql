-- The last job of a target, with the hashes of what it printed (NULL: nothing known).
SELECT j.job_uid, o.sha256, e.sha256
FROM jobs j
LEFT JOIN outputs o ON o.id = j.stdout
LEFT JOIN outputs e ON e.id = j.stderr
WHERE j.run = :run AND j.device_uid = :device
ORDER BY j.step DESC, j.attempt DESC LIMIT 1;
