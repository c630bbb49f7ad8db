-- It arrived.
UPDATE notices SET attempts = attempts + 1, next_at = NULL, last_error = '', delivered_at = :at
WHERE notice_uid = :uid AND next_at IS NOT NULL;
