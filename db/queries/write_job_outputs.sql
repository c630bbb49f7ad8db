-- The same of a job that has printed. Only this statement names the outputs: their indexes, references and triggers take
-- their time where a column is named, changed or not.
UPDATE OR ROLLBACK jobs SET
  status           = :status,
  reason           = ifnull(:reason, reason),
  datto_job_uid    = ifnull(:datto_job, datto_job_uid),
  datto_status     = ifnull(:datto_status, datto_status),
  queued_at        = ifnull(:queued_at, queued_at),
  started_at       = ifnull(:started_at, started_at),
  ran_at           = ifnull(:ran_at, ran_at),
  completed_at     = ifnull(:completed_at, completed_at),
  warnings         = ifnull(:warnings, warnings),
  exit_code        = ifnull(:exit_code, exit_code),
  stdout           = ifnull(:stdout, stdout),
  stdout_truncated = ifnull(:stdout_truncated, stdout_truncated),
  stderr           = ifnull(:stderr, stderr),
  stderr_truncated = ifnull(:stderr_truncated, stderr_truncated)
WHERE job_uid = :job AND (status <> :status) = :moved;
