-- A run that nobody has approved yet is in no wave.
UPDATE runs SET status = 'waiting', reason = :reason, waits_until = :until, wave = iif(:unapproved, 0, wave)
WHERE run_uid = :run AND started_at IS NOT NULL AND finished_at IS NULL;
