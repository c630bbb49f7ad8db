-- How long the newest jobs took, oldest first: enough to know when looking at the next ones is worth a read.
SELECT component_uid, max(completed_at - started_at, 0) AS took
FROM jobs
WHERE id > (SELECT ifnull(max(id), 0) FROM jobs) - 20000
  AND status IN ('completed', 'failed') AND started_at IS NOT NULL AND completed_at IS NOT NULL
ORDER BY id;
