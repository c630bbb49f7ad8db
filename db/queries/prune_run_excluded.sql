UPDATE coverage SET excluded_run = NULL
WHERE (runbook, device_uid) IN (SELECT runbook, device_uid FROM coverage WHERE excluded_run = :run LIMIT :limit);
