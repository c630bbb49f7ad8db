UPDATE OR ROLLBACK targets SET disposition = :disposition, reason = :reason, decided_at = :at
WHERE run = (SELECT id FROM runs WHERE run_uid = :run) AND device_uid = :device;
