-- The hashes of what a job printed (NULL: nothing known).
SELECT lower(hex(o.sha256)) AS stdout_sha256, lower(hex(e.sha256)) AS stderr_sha256
FROM jobs j
LEFT JOIN outputs o ON o.id = j.stdout
LEFT JOIN outputs e ON e.id = j.stderr
WHERE j.job_uid = :job;
