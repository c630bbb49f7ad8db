UPDATE targets SET retry_at = :next, retry_disposition = :disposition, retry_reason = :reason
WHERE run = (SELECT id FROM runs WHERE run_uid = :run) AND device_uid = :device AND disposition = 'pending';
