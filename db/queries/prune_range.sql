INSERT INTO pruned_ranges (from_seq, to_seq, last_hash, count, pruned_at)
VALUES (:from, :to, :hash, :to - :from + 1, :at);
