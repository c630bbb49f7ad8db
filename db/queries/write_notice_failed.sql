-- It did not arrive; it is sent again.
UPDATE notices SET attempts = attempts + 1, next_at = :next, last_error = :error
WHERE notice_uid = :uid AND next_at IS NOT NULL;
