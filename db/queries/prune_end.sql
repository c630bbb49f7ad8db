DELETE FROM pruning;
