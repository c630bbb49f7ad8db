UPDATE runs SET finished_at = :at, status = :status, reason = :reason
WHERE run_uid = :run AND finished_at IS NULL
RETURNING targets, succeeded, warning, failed, timeout, expired, skipped, halted, cancelled, unknown;
