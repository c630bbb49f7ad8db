-- Each approval with what the events say of it.
SELECT a.approval_uid AS subject, e.seq AS seq, e.kind AS kind, e.data AS event_data, e.at AS event_at,
       e.actor AS event_actor, a.requested_at AS begun_at,
       a.runbook AS runbook, a.revision AS revision, a.account AS account, a.zone AS zone, a.customer AS customer,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       a.component_uid AS component_uid, a.plan_sha256 AS plan_sha256, a.devices AS devices,
       a.state AS state, a.actor AS actor, a.note AS note,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.requested_at / 1000.0, 'unixepoch') AS requested_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM approvals a
LEFT JOIN runs r ON r.id = a.run
LEFT JOIN events e ON e.subject_uid IN (a.approval_uid, r.run_uid)
  AND e.kind IN ('approval.requested', 'run.approved', 'run.rejected', 'approval.voided')
  AND e.data ->> 'approval_uid' = a.approval_uid
ORDER BY a.id, e.seq;
