-- Runs, jobs and targets of which the trail tells, and that have no row: but for those of runs that had finished before
-- the newest horizon of retention, as the trail has it.
WITH horizon AS (
  SELECT max(data ->> 'history_before') AS history_before FROM events WHERE kind = 'record.pruning'
), gone AS (
  SELECT e.seq, e.subject, e.subject_uid, e.at,
         CASE e.kind WHEN 'run.planned' THEN e.subject_uid
           WHEN 'target.decided' THEN substr(e.subject_uid, 1, instr(e.subject_uid, '/') - 1)
           ELSE e.data ->> 'run_uid' END AS run_uid
  FROM events e
  WHERE e.kind = 'run.planned' AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.run_uid = e.subject_uid)
     OR e.kind = 'job.created' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.job_uid = e.subject_uid)
     OR e.kind = 'target.decided' AND NOT EXISTS (
          SELECT 1 FROM runs r JOIN targets t ON t.run = r.id
          WHERE r.run_uid = substr(e.subject_uid, 1, instr(e.subject_uid, '/') - 1)
            AND t.device_uid = substr(e.subject_uid, instr(e.subject_uid, '/') + 1))
)
SELECT seq, subject, subject_uid
FROM gone
WHERE NOT EXISTS (
  SELECT 1 FROM events f, horizon
  WHERE f.subject_uid = gone.run_uid AND f.kind = 'run.finished'
    AND strftime('%Y-%m-%dT%H:%M:%fZ', f.at / 1000.0, 'unixepoch') < history_before)
ORDER BY seq LIMIT :limit;
