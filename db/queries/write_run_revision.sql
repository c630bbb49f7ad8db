-- What the revision of a target makes of its run, if that is finished: only its targets had made it completed or failed.
-- Those of it that are cancelled were stopped by a later run; what a person called off is not completed or failed.
UPDATE runs SET
  status = iif(status IN ('completed', 'failed'),
               iif(targets - succeeded - warning - skipped - cancelled > tolerated, 'failed',
                   iif(cancelled > 0, 'cancelled', 'completed')), status)
WHERE run_uid = :run AND finished_at IS NOT NULL
RETURNING status, targets, succeeded, warning, failed, timeout, expired, skipped, halted, cancelled, unknown;
