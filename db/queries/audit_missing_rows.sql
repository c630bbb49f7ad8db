-- Runs, jobs and targets of which the trail tells, and that have no row.
SELECT e.seq, e.subject, e.subject_uid
FROM events e
WHERE e.kind = 'run.planned' AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.run_uid = e.subject_uid)
   OR e.kind = 'job.created' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.job_uid = e.subject_uid)
   OR e.kind = 'target.decided' AND NOT EXISTS (
        SELECT 1 FROM runs r JOIN targets t ON t.run = r.id
        WHERE r.run_uid = e.data ->> 'run_uid' AND t.device_uid = e.data ->> 'device_uid')
ORDER BY e.seq LIMIT :limit;
