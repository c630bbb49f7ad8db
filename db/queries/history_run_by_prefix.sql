-- Two rows are enough to see that a prefix fits several runs.
SELECT run_uid FROM runs WHERE run_uid >= :run AND run_uid < :run || '~' ORDER BY run_uid LIMIT 2;
