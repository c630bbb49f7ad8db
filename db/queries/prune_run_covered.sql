-- Coverage stays; which run it was is not known any more. An exclusion of before that run stays behind it.
UPDATE coverage SET last_run = NULL, excluded_run = iif(excluded_run < :run, NULL, excluded_run)
WHERE (runbook, device_uid) IN (SELECT runbook, device_uid FROM coverage WHERE last_run = :run LIMIT :limit);
