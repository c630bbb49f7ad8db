-- Runs that are not finished, oldest first.
SELECT id, run_uid, runbook, revision, account, zone, "trigger", actor, note, scope, nominal_at, window_end, planned_at,
       started_at, starts_at, caught_up, cause_uid, overrides, ifnull(customer, ''), group_uid,
       wave, iif(status = 'waiting', reason, ''), waits_until,
       EXISTS (SELECT 1 FROM events e WHERE e.subject_uid = run_uid AND e.kind = 'run.cancelled')
FROM runs
WHERE finished_at IS NULL
ORDER BY id;
