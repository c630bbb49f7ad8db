-- What a target is to be told first.
SELECT notice_uid, target, payload, created_at, attempts
FROM notices
WHERE target = :target AND next_at <= :now AND next_at IS NOT NULL
ORDER BY next_at, id
LIMIT 1;
