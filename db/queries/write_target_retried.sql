UPDATE targets SET retry_at = NULL, retry_disposition = NULL, retry_reason = NULL
WHERE run = (SELECT id FROM runs WHERE run_uid = :run) AND device_uid = :device AND retry_at IS NOT NULL;
