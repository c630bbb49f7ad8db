-- Who printed that text with the last try of that step.
SELECT r.run_uid, j.component_name, ifnull(j.step_name, j.step) AS step, :stream AS stream, lower(hex(o.sha256)) AS output_sha256, t.device_uid, t.hostname,
       t.customer, t.site_uid, t.site_name, j.job_uid, t.disposition
FROM runs r
JOIN jobs j ON j.run = r.id
JOIN outputs o ON o.id = iif(:stream = 'stdout', j.stdout, j.stderr)
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE r.run_uid = :run AND ifnull(j.step_name, CAST(j.step AS TEXT)) = :step AND j.component_name = :component AND lower(hex(o.sha256)) = :sha256
  AND NOT EXISTS (SELECT 1 FROM jobs l WHERE l.run = j.run AND l.device_uid = j.device_uid AND l.step = j.step
                                         AND l.attempt > j.attempt)
ORDER BY t.hostname, t.device_uid
LIMIT :limit;
