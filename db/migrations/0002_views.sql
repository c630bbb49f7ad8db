-- The views: the supported interface for people. Only plain SQL functions, so that any sqlite3 can read them.

CREATE VIEW run_history AS
SELECT run_uid, group_uid, runbook, revision, account, customer, zone, "trigger", cause_uid, actor, note,
       strftime('%Y-%m-%dT%H:%M:%fZ', nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', window_end / 1000.0, 'unixepoch') AS window_end,
       strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1000.0, 'unixepoch') AS finished_at,
       status, reason, targets, pending, succeeded, warning, failed, timeout, expired, skipped, halted, cancelled,
       unknown
FROM runs;

CREATE VIEW job_history AS
SELECT j.job_uid, r.run_uid, r.runbook, r.revision, r.account, r.customer, t.site_uid, t.site_name, j.device_uid,
       t.hostname, j.component_uid, j.component_name, j.step, j.attempt, t.wave, j.variables, j.status, j.reason,
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

CREATE VIEW target_ledger AS
SELECT r.run_uid, r.runbook, r.customer, t.site_uid, t.site_name, t.device_uid, t.hostname, t.wave, t.disposition,
       t.reason,
       (SELECT ifnull(max(j.attempt), 0) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid) AS attempts,
       (SELECT j.job_uid FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid
        ORDER BY j.step DESC, j.attempt DESC LIMIT 1) AS job_uid,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM targets t
JOIN runs r ON r.id = t.run;

CREATE VIEW target_exclusions AS
SELECT r.run_uid, r.runbook, x.device_uid, x.hostname, x.site_name, x.rule, x.reason
FROM exclusions x
JOIN runs r ON r.id = x.run;

CREATE VIEW occurrence_history AS
SELECT o.runbook, o.revision, o.zone, o.customer,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_until / 1000.0, 'unixepoch') AS nominal_until,
       o.count, o.verdict, o.reason, r.run_uid
FROM occurrences o
LEFT JOIN runs r ON r.id = o.run;

CREATE VIEW event_trail AS
SELECT seq, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at, subject, subject_uid, kind, actor, data,
       hash
FROM events;

CREATE VIEW runbook_revisions AS
SELECT runbook, revision,
       strftime('%Y-%m-%dT%H:%M:%fZ', effective_from / 1000.0, 'unixepoch') AS effective_from,
       strftime('%Y-%m-%dT%H:%M:%fZ', effective_until / 1000.0, 'unixepoch') AS effective_until,
       sha256, yaml, actor, note
FROM revisions;
