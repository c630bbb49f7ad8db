-- Runs that are not finished, oldest first.
SELECT id, run_uid, runbook, revision, account, zone, "trigger", actor, note, scope, nominal_at, window_end, planned_at,
       started_at, starts_at, caught_up, cause_uid, overrides, ifnull(customer, ''), group_uid,
       wave, iif(status = 'waiting', reason, ''), waits_until,
       EXISTS (SELECT 1 FROM events e WHERE e.subject_uid = run_uid AND e.kind = 'run.cancelled'),
       ifnull((SELECT a.approval_uid FROM approvals a WHERE a.run = runs.id AND a.approval_uid <> runs.run_uid), ''),
       ifnull((SELECT v.actor FROM revisions v WHERE v.runbook = runs.runbook AND v.revision = runs.revision), ''),
       ifnull((SELECT a.plan_sha256 FROM approvals a WHERE a.run = runs.id), '')
FROM runs
WHERE finished_at IS NULL
ORDER BY id;
