SELECT t.device_uid, t.disposition, ifnull(c.last_success_at > t.decided_at, 0) AS is_done_since
FROM runs r
JOIN targets t ON t.run = r.id
LEFT JOIN coverage c ON c.runbook = r.runbook AND c.device_uid = t.device_uid
WHERE r.run_uid = :run AND t.disposition NOT IN ('succeeded', 'warning')
ORDER BY t.hostname, t.device_uid;
