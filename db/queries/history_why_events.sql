-- Of the run, of the target, of its jobs.
SELECT e.seq, v.at, e.subject, e.subject_uid, e.kind, e.actor, e.data, e.hash
FROM events e
JOIN event_trail v ON v.seq = e.seq
WHERE e.subject_uid IN (SELECT :run UNION SELECT :run || '/' || :device
                        UNION SELECT j.job_uid FROM runs r JOIN jobs j ON j.run = r.id AND j.device_uid = :device
                              WHERE r.run_uid = :run)
ORDER BY e.seq
LIMIT 200;
