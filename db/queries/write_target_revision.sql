-- The instant of its first decision stays.
UPDATE targets SET disposition = :disposition, reason = :reason, revised_at = :at
WHERE run = (SELECT id FROM runs WHERE run_uid = :run) AND device_uid = :device
  AND disposition = 'unknown' AND revised_at IS NULL;
