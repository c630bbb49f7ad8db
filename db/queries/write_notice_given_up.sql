-- It did not arrive, and is not sent any more.
UPDATE notices SET attempts = attempts + 1, next_at = NULL, last_error = :error, given_up_at = :at
WHERE notice_uid = :uid AND next_at IS NOT NULL
RETURNING target, runbook, ifnull(run_uid, ''), attempts;
