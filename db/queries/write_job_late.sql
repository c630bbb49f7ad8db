-- NULL: as it was.
UPDATE jobs SET
  late_status      = :late_status,
  late_at          = :at,
  datto_status     = ifnull(:datto_status, datto_status),
  ran_at           = ifnull(:ran_at, ran_at),
  stdout           = ifnull(:stdout, stdout),
  stdout_truncated = ifnull(:stdout_truncated, stdout_truncated),
  stderr           = ifnull(:stderr, stderr),
  stderr_truncated = ifnull(:stderr_truncated, stderr_truncated)
WHERE job_uid = :job;
