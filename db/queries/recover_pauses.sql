-- Pauses that have not ended in the record, the oldest first.
SELECT scope, until_at, reason, actor, from_at FROM pauses WHERE ended_at IS NULL ORDER BY from_at, id;
