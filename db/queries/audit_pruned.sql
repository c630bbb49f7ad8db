-- Where the trail begins, if retention has removed what was before.
SELECT to_seq, last_hash FROM pruned_ranges ORDER BY from_seq DESC LIMIT 1;
