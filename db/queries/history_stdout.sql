-- Two rows are enough to see that a prefix fits several jobs.
SELECT j.job_uid, o.text
FROM jobs j
LEFT JOIN outputs o ON o.id = j.stdout
WHERE j.job_uid >= :uid AND j.job_uid < :uid || '~'
ORDER BY j.job_uid
LIMIT 2;
