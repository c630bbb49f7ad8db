-- Customers: whose each site is, and whose a target was when it was frozen.

-- As the settings and the newest list of sites say; a site that is not here is of no customer. Of a site, not of a device:
-- so that a change of the settings rewrites few rows.
CREATE TABLE site_customers (
  site_uid TEXT PRIMARY KEY,
  customer TEXT NOT NULL CHECK (customer <> '')
) STRICT, WITHOUT ROWID;

-- NULL: of no customer, or frozen before this column.
ALTER TABLE targets ADD COLUMN customer TEXT;

DROP VIEW device_fleet;
CREATE VIEW device_fleet AS
SELECT d.device_uid, d.hostname, s.customer, d.site_uid, d.site_name, d.os, d.device_type, d.class, d.online, d.suspended,
       d.deleted,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.last_seen_at / 1000.0, 'unixepoch') AS last_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.gone_at / 1000.0, 'unixepoch') AS gone_at
FROM devices d
LEFT JOIN site_customers s ON s.site_uid = d.site_uid;

DROP VIEW job_history;
CREATE VIEW job_history AS
SELECT j.job_uid, r.run_uid, r.runbook, r.revision, r.account, t.customer, t.site_uid, t.site_name, j.device_uid,
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

DROP VIEW target_ledger;
CREATE VIEW target_ledger AS
SELECT r.run_uid, r.runbook, t.customer, t.site_uid, t.site_name, t.device_uid, t.hostname, t.wave, t.disposition,
       t.reason,
       (SELECT ifnull(max(j.attempt), 0) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid) AS attempts,
       (SELECT j.job_uid FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid
        ORDER BY j.step DESC, j.attempt DESC LIMIT 1) AS job_uid,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM targets t
JOIN runs r ON r.id = t.run;

-- The customer of a device is its site's, not its last run's, which may have served several.
DROP VIEW device_coverage;
CREATE VIEW device_coverage AS
SELECT c.runbook, s.customer, c.device_uid, c.hostname, c.site_uid, c.site_name,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.last_success_at / 1000.0, 'unixepoch') AS last_success_at,
       c.last_disposition, c.last_reason,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.last_decided_at / 1000.0, 'unixepoch') AS last_decided_at,
       r.run_uid AS last_run_uid, c.misses,
       iif(c.excluded_run > ifnull(c.last_run, 0), c.rule, NULL) AS excluded_by,
       iif(c.excluded_run > ifnull(c.last_run, 0), c.exclusion_reason, NULL) AS excluded_reason
FROM coverage c
LEFT JOIN site_customers s ON s.site_uid = c.site_uid
LEFT JOIN runs r ON r.id = iif(c.excluded_run > ifnull(c.last_run, 0), c.excluded_run, c.last_run)
UNION ALL
SELECT r.runbook, t.customer, t.device_uid, t.hostname, t.site_uid, t.site_name, NULL, t.disposition, t.reason, NULL,
       r.run_uid, 0, NULL, NULL
FROM runs r INDEXED BY runs_unfinished
JOIN targets t ON t.run = r.id
WHERE r.finished_at IS NULL AND r.revision IS NOT NULL AND t.disposition = 'pending'
  AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.runbook = r.runbook AND c.device_uid = t.device_uid)
  AND r.id = (SELECT max(o.id) FROM runs o INDEXED BY runs_unfinished
              JOIN targets u ON u.run = o.id AND u.device_uid = t.device_uid
              WHERE o.finished_at IS NULL AND o.runbook = r.runbook);
