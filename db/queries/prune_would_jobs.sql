-- How many jobs would lose their outputs.
SELECT count(*) FROM jobs
WHERE id > (SELECT outputs_job FROM pruned) AND created_at < :outputs AND (stdout IS NOT NULL OR stderr IS NOT NULL);
