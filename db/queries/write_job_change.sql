-- What was learned of a job that has printed nothing yet. NULL: as it was. One whose status is `status` already does not
-- move.
UPDATE OR ROLLBACK jobs SET
  status        = :status,
  reason        = ifnull(:reason, reason),
  datto_job_uid = ifnull(:datto_job, datto_job_uid),
  datto_status  = ifnull(:datto_status, datto_status),
  queued_at     = ifnull(:queued_at, queued_at),
  started_at    = ifnull(:started_at, started_at),
  ran_at        = ifnull(:ran_at, ran_at),
  completed_at  = ifnull(:completed_at, completed_at),
  warnings      = ifnull(:warnings, warnings),
  exit_code     = ifnull(:exit_code, exit_code)
WHERE job_uid = :job AND (status <> :status) = :moved;
