UPDATE jobs SET datto_job_uid = :datto_job, queued_at = :at
WHERE job_uid = :job AND status = 'failed' AND reason = 'unknown_dispatch' AND datto_job_uid IS NULL;
