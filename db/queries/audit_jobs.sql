-- Each job with what the events say of it.
SELECT j.job_uid AS subject, e.seq AS seq, e.kind AS kind, e.data AS event_data, e.at AS event_at,
       e.actor AS event_actor, j.created_at AS begun_at,
       r.run_uid AS run_uid, j.device_uid AS device_uid, j.step AS step, ifnull(j.step_name, '') AS step_name,
       j.attempt AS attempt,
       j.component_uid AS component_uid, j.component_name AS component_name, j.variables AS variables_sha256,
       iif(j.status = 'created', '', j.status) AS status, j.reason AS reason, j.datto_job_uid AS datto_job_uid,
       j.datto_status AS datto_status, j.warnings AS warnings,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.queued_at / 1000.0, 'unixepoch') AS queued_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.started_at / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.ran_at / 1000.0, 'unixepoch') AS ran_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.completed_at / 1000.0, 'unixepoch') AS completed_at,
       j.late_status AS late_status,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.late_at / 1000.0, 'unixepoch') AS late_at,
       iif(j.outputs_pruned = 1, 'pruned', lower(hex(o.sha256))) AS stdout_sha256,
       iif(j.outputs_pruned = 1, 'pruned', lower(hex(x.sha256))) AS stderr_sha256,
       iif(j.outputs_pruned = 1, 'pruned', iif(j.stdout_truncated = 1, 'true', '')) AS stdout_truncated,
       iif(j.outputs_pruned = 1, 'pruned', iif(j.stderr_truncated = 1, 'true', '')) AS stderr_truncated,
       iif(j.outputs_pruned = 1, 'pruned',
           (SELECT group_concat(c.row_no || ' ' || c.data, char(10))
            FROM (SELECT row_no, data FROM collected WHERE job = j.id ORDER BY row_no) c)) AS collected_sha256
FROM jobs j
LEFT JOIN runs r ON r.id = j.run
LEFT JOIN outputs o ON o.id = j.stdout
LEFT JOIN outputs x ON x.id = j.stderr
LEFT JOIN events e ON e.subject_uid = j.job_uid
  AND e.kind IN ('job.created', 'job.queued', 'job.running', 'job.completed', 'job.failed', 'job.timeout', 'job.updated',
                 'job.found', 'job.late')
ORDER BY j.id, e.seq;
