UPDATE runs SET status = 'waiting', reason = :reason, waits_until = :until
WHERE run_uid = :run AND started_at IS NOT NULL AND finished_at IS NULL;
