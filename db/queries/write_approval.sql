-- What is asked again, for its run waits now, has no word yet.
INSERT INTO approvals (approval_uid, run, runbook, revision, account, zone, customer, nominal_at, requested_at, component_uid,
                       component_name, plan_sha256, devices, plan)
VALUES (:approval, (SELECT id FROM runs WHERE run_uid = :run), :runbook, :revision, :account, :zone, nullif(:customer, ''),
        :nominal_at, :at, :component_uid, :component_name, :plan_sha256, :devices, :plan)
ON CONFLICT (approval_uid) DO UPDATE SET
  run = excluded.run, requested_at = excluded.requested_at, component_uid = excluded.component_uid,
  component_name = excluded.component_name, plan_sha256 = excluded.plan_sha256, devices = excluded.devices,
  plan = excluded.plan, state = 'asked', actor = '', note = '', decided_at = NULL;
