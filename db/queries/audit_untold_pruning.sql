-- Jobs that are said to have lost their outputs to retention, which had not come to them, as the trail has it.
SELECT j.job_uid
FROM jobs j
WHERE j.outputs_pruned = 1
  AND strftime('%Y-%m-%dT%H:%M:%fZ', ifnull(j.completed_at, j.created_at) / 1000.0, 'unixepoch') >= ifnull(
        (SELECT max(max(ifnull(data ->> 'outputs_before', '')), max(ifnull(data ->> 'history_before', '')))
         FROM events WHERE kind = 'record.pruning'), '')
ORDER BY j.id LIMIT :limit;
