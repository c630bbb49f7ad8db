UPDATE targets SET steps_ended = :ended, step_at = :at, retry_at = NULL, retry_disposition = NULL, retry_reason = NULL
WHERE run = (SELECT id FROM runs WHERE run_uid = :run) AND device_uid = :device AND disposition = 'pending';
