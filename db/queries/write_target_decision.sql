-- A target that was `unknown` keeps the instant of its first decision and is marked as revised.
UPDATE targets SET
  disposition = :disposition,
  reason = :reason,
  decided_at = ifnull(decided_at, :at),
  revised_at = iif(disposition = 'pending', NULL, :at)
WHERE run = (SELECT id FROM runs WHERE run_uid = :run) AND device_uid = :device
RETURNING revised_at;
