-- What was asked ahead of a run that has not come, or has not frozen its targets, oldest first.
SELECT a.approval_uid, r.run_uid, a.runbook, a.revision, a.account, a.zone, ifnull(a.customer, ''), a.nominal_at,
       a.requested_at, a.component_uid, a.component_name, a.plan_sha256, a.plan, a.state, a.actor, a.note
FROM approvals a
LEFT JOIN runs r ON r.id = a.run
WHERE a.id IN (SELECT id FROM approvals WHERE run IS NULL AND state <> 'voided'
               UNION ALL
               SELECT b.id FROM runs s CROSS JOIN approvals b ON b.run = s.id
               WHERE s.finished_at IS NULL AND s.started_at IS NULL)
ORDER BY a.id;
