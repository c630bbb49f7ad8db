-- Runbooks of several steps. Of a job: the name of its step (NULL: its runbook has none), and how many steps were to come
-- after it. Of a target: how its steps have ended so far, a JSON array of words, and when the last of them did; it stands at
-- the one behind them.
ALTER TABLE jobs ADD COLUMN step_name TEXT;
ALTER TABLE jobs ADD COLUMN steps_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE targets ADD COLUMN steps_ended TEXT;
ALTER TABLE targets ADD COLUMN step_at INTEGER;

-- `step` is the name where there is one.
DROP VIEW job_history;
CREATE VIEW job_history AS
SELECT j.job_uid, r.run_uid, r.runbook, r.revision, r.account, t.customer, t.site_uid, t.site_name, j.device_uid,
       t.hostname, j.component_uid, j.component_name, ifnull(j.step_name, j.step) AS step, j.attempt, t.wave, j.variables, j.status, j.reason,
       j.exit_code, j.warnings,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.created_at / 1000.0, 'unixepoch') AS created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.queued_at / 1000.0, 'unixepoch') AS queued_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.started_at / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.ran_at / 1000.0, 'unixepoch') AS ran_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.completed_at / 1000.0, 'unixepoch') AS completed_at,
       max(j.completed_at - j.started_at, 0) AS duration_ms,
       o.text AS stdout, e.text AS stderr,
       iif(o.id IS NULL, NULL, lower(hex(o.sha256))) AS stdout_sha256,
       iif(e.id IS NULL, NULL, lower(hex(e.sha256))) AS stderr_sha256,
       j.stdout_truncated, j.stderr_truncated, j.outputs_pruned, j.datto_job_uid, j.datto_status, j.late_status,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.late_at / 1000.0, 'unixepoch') AS late_at,
       r."trigger", r.actor
FROM jobs j
JOIN runs r ON r.id = j.run
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
LEFT JOIN outputs o ON o.id = j.stdout
LEFT JOIN outputs e ON e.id = j.stderr;

-- What each device's last try of a step printed, by equality. Numbered over all of a run: by step, stdout first, the group of
-- the most devices first.
DROP VIEW output_groups;
CREATE VIEW output_groups AS
SELECT g.run_uid, g.component_name, ifnull(g.step_name, g.step) AS step, g.stream,
       row_number() OVER (PARTITION BY g.run_uid
                          ORDER BY g.step, g.stream DESC, g.devices DESC, o.sha256, g.component_name) AS group_no,
       lower(hex(o.sha256)) AS output_sha256, g.devices, o.bytes, substr(o.text, 1, 200) AS sample
FROM (SELECT r.run_uid, j.component_name, j.step, j.step_name, s.stream, iif(s.stream = 'stdout', j.stdout, j.stderr) AS output,
             count(*) AS devices
      FROM runs r
      JOIN jobs j ON j.run = r.id
      JOIN (SELECT 'stdout' AS stream UNION ALL SELECT 'stderr') s
      WHERE iif(s.stream = 'stdout', j.stdout, j.stderr) IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM jobs l WHERE l.run = j.run AND l.device_uid = j.device_uid AND l.step = j.step
                                               AND l.attempt > j.attempt)
      GROUP BY r.run_uid, j.component_name, j.step, j.step_name, s.stream, output) g
JOIN outputs o ON o.id = g.output;

-- `step` stays the number, by which the rows of a device are in order; its name stands beside it.
DROP VIEW collected_rows;
CREATE VIEW collected_rows AS
SELECT r.run_uid, r.runbook, j.device_uid, t.hostname, t.customer, t.site_name, c.row_no, c.data, t.site_uid, j.job_uid,
       j.step, j.step_name
FROM runs r
JOIN jobs j ON j.run = r.id
JOIN collected c ON c.job = j.id
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE NOT EXISTS (SELECT 1 FROM jobs l WHERE l.run = j.run AND l.device_uid = j.device_uid AND l.step = j.step
                                         AND l.attempt > j.attempt);
