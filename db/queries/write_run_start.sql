UPDATE runs SET started_at = :at, status = 'running', tolerated = :tolerated
WHERE run_uid = :run AND started_at IS NULL AND finished_at IS NULL;
