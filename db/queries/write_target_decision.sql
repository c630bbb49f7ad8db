UPDATE OR ROLLBACK targets SET disposition = :disposition, reason = :reason, decided_at = :at
WHERE run = :run AND device_uid = :device;
