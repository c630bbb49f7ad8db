-- When each device last succeeded in a runbook, with a warning or without; known also of runs that retention has removed.
SELECT device_uid, last_success_at
FROM coverage
WHERE runbook = :runbook AND last_success_at IS NOT NULL;
