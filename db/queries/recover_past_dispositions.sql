-- What the targets of a runbook came to, oldest first; what a storm left out came to nothing.
SELECT t.device_uid, t.disposition, t.decided_at, r.account
FROM runs r
JOIN targets t ON t.run = r.id
WHERE r.runbook = :runbook AND r.run_uid > :oldest AND t.disposition <> 'pending' AND t.reason <> 'storm'
ORDER BY t.decided_at, r.id;
