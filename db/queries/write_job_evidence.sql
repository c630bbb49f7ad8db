-- The hashes of what a job printed (NULL: nothing known).
SELECT o.sha256, e.sha256
FROM jobs j
LEFT JOIN outputs o ON o.id = j.stdout
LEFT JOIN outputs e ON e.id = j.stderr
WHERE j.job_uid = :job;
