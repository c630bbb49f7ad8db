-- A line that names a filter is left out where the filter is not set. The columns are target_ledger's; times are compared as
-- they are stored, for the index.
SELECT r.run_uid, r.runbook, t.customer, t.site_uid, t.site_name, t.device_uid, t.hostname, t.wave, t.disposition, t.reason,
       (SELECT ifnull(max(j.attempt), 0) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid) AS attempts,
       (SELECT j.job_uid FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid
        ORDER BY j.step DESC, j.attempt DESC LIMIT 1) AS job_uid,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM targets t INDEXED BY targets_failed
CROSS JOIN runs r ON r.id = t.run
WHERE (t.disposition = 'failed' OR t.disposition = 'timeout' OR t.disposition = 'expired' OR t.disposition = 'unknown')
  AND r.run_uid >= :run AND r.run_uid < :run || '~'
  AND r.runbook = :runbook
  AND t.customer = :customer
  AND (t.site_name = :site COLLATE NOCASE OR t.site_uid = :site COLLATE NOCASE)
  AND (t.device_uid = :device COLLATE NOCASE OR t.hostname = :device COLLATE NOCASE)
  AND t.disposition = :status
  AND t.decided_at >= CAST(strftime('%s', :since) AS INTEGER) * 1000 + CAST(substr(:since, 21, 3) AS INTEGER)
  AND t.decided_at < CAST(strftime('%s', :until) AS INTEGER) * 1000 + CAST(substr(:until, 21, 3) AS INTEGER)
ORDER BY t.decided_at DESC
LIMIT :limit;
