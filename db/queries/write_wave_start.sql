UPDATE runs SET status = 'running', reason = '', wave = :wave, waits_until = NULL
WHERE run_uid = :run AND started_at IS NOT NULL AND finished_at IS NULL;
