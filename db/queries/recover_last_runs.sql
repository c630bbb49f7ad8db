-- Of each account, zone and customer of the runbook: the last run that took all it selects, and was not refused.
SELECT max(id), zone, ifnull(customer, ''), account
FROM runs
WHERE runbook = :runbook AND started_at IS NOT NULL AND narrowed = 0 AND status <> 'aborted'
GROUP BY account, zone, ifnull(customer, '');
