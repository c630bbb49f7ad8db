-- Coverage: what has become of each device of a runbook, kept with every decision, so that it is told at once however
-- long the record is.

-- The runs of a runbook, by time.
CREATE INDEX runs_by_runbook ON runs (runbook, run_uid);

CREATE TABLE coverage (
  runbook          TEXT NOT NULL,
  device_uid       TEXT NOT NULL,
  hostname         TEXT NOT NULL,  -- this and the site as the newest run that had the device froze them
  site_uid         TEXT,           -- NULL: it has only been excluded
  site_name        TEXT NOT NULL,
  last_run         INTEGER REFERENCES runs (id),  -- the newest that decided it
  last_disposition TEXT,
  last_reason      TEXT,
  last_decided_at  INTEGER,
  last_success_at  INTEGER,
  misses           INTEGER NOT NULL DEFAULT 0 CHECK (misses >= 0),  -- decisions since the last success
  excluded_run     INTEGER REFERENCES runs (id),  -- the newest that a rule kept it out of
  rule             TEXT,
  exclusion_reason TEXT,
  PRIMARY KEY (runbook, device_uid)
) STRICT, WITHOUT ROWID;

INSERT INTO coverage (runbook, device_uid, hostname, site_uid, site_name, last_run, last_disposition, last_reason,
                      last_decided_at, last_success_at, misses)
SELECT r.runbook, t.device_uid, t.hostname, t.site_uid, t.site_name, max(t.run), t.disposition, t.reason, t.decided_at,
       (SELECT max(s.decided_at) FROM runs q JOIN targets s ON s.run = q.id AND s.device_uid = t.device_uid
        WHERE q.runbook = r.runbook AND s.disposition IN ('succeeded', 'warning')),
       (SELECT count(*) FROM runs q JOIN targets s ON s.run = q.id AND s.device_uid = t.device_uid
        WHERE q.runbook = r.runbook AND s.disposition <> 'pending'
          AND q.id > ifnull((SELECT max(p.id) FROM runs p JOIN targets u ON u.run = p.id AND u.device_uid = t.device_uid
                             WHERE p.runbook = r.runbook AND u.disposition IN ('succeeded', 'warning')), 0))
FROM targets t
JOIN runs r ON r.id = t.run
WHERE r.revision IS NOT NULL AND t.disposition <> 'pending'
GROUP BY r.runbook, t.device_uid;

INSERT INTO coverage (runbook, device_uid, hostname, site_name, excluded_run, rule, exclusion_reason)
SELECT r.runbook, x.device_uid, x.hostname, x.site_name, max(x.run), x.rule, x.reason
FROM exclusions x
JOIN runs r ON r.id = x.run
WHERE r.revision IS NOT NULL
GROUP BY r.runbook, x.device_uid
ON CONFLICT (runbook, device_uid) DO UPDATE SET
  excluded_run = excluded.excluded_run, rule = excluded.rule, exclusion_reason = excluded.exclusion_reason;

CREATE TRIGGER targets_are_covered AFTER UPDATE OF disposition ON targets
WHEN OLD.disposition = 'pending' AND NEW.disposition <> 'pending'
BEGIN
  INSERT INTO coverage (runbook, device_uid, hostname, site_uid, site_name, last_run, last_disposition, last_reason,
                        last_decided_at, last_success_at, misses)
  SELECT runbook, NEW.device_uid, NEW.hostname, NEW.site_uid, NEW.site_name, NEW.run, NEW.disposition, NEW.reason,
         NEW.decided_at, iif(NEW.disposition IN ('succeeded', 'warning'), NEW.decided_at, NULL),
         NEW.disposition NOT IN ('succeeded', 'warning')
  FROM runs WHERE id = NEW.run AND revision IS NOT NULL
  ON CONFLICT (runbook, device_uid) DO UPDATE SET
    hostname = excluded.hostname, site_uid = excluded.site_uid, site_name = excluded.site_name,
    last_run = excluded.last_run, last_disposition = excluded.last_disposition, last_reason = excluded.last_reason,
    last_decided_at = excluded.last_decided_at,
    last_success_at = ifnull(excluded.last_success_at, coverage.last_success_at),
    misses = iif(excluded.misses = 0, 0, coverage.misses + 1);
END;

-- `unknown` is revised: what was a miss may have been none.
CREATE TRIGGER revised_targets_are_covered AFTER UPDATE OF disposition ON targets
WHEN OLD.disposition = 'unknown' AND NEW.disposition <> 'unknown'
BEGIN
  UPDATE coverage SET last_disposition = NEW.disposition, last_reason = NEW.reason
  WHERE last_run = NEW.run AND device_uid = NEW.device_uid
    AND runbook = (SELECT runbook FROM runs WHERE id = NEW.run);
  UPDATE coverage SET
    last_success_at = max(NEW.decided_at, ifnull(last_success_at, NEW.decided_at)),
    misses = min(misses, (SELECT count(*) FROM runs r JOIN targets t ON t.run = r.id AND t.device_uid = NEW.device_uid
                          WHERE r.runbook = coverage.runbook AND r.id > NEW.run
                            AND t.disposition NOT IN ('pending', 'succeeded', 'warning')))
  WHERE NEW.disposition IN ('succeeded', 'warning') AND device_uid = NEW.device_uid
    AND runbook = (SELECT runbook FROM runs WHERE id = NEW.run);
END;

CREATE TRIGGER exclusions_are_covered AFTER INSERT ON exclusions
BEGIN
  INSERT INTO coverage (runbook, device_uid, hostname, site_name, excluded_run, rule, exclusion_reason)
  SELECT runbook, NEW.device_uid, NEW.hostname, NEW.site_name, NEW.run, NEW.rule, NEW.reason
  FROM runs WHERE id = NEW.run AND revision IS NOT NULL
  ON CONFLICT (runbook, device_uid) DO UPDATE SET
    excluded_run = excluded.excluded_run, rule = excluded.rule, exclusion_reason = excluded.exclusion_reason;
END;

-- Devices that were decided or excluded, and those that are pending for the first time.
CREATE VIEW device_coverage AS
SELECT c.runbook, r.customer, c.device_uid, c.hostname, c.site_uid, c.site_name,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.last_success_at / 1000.0, 'unixepoch') AS last_success_at,
       c.last_disposition, c.last_reason,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.last_decided_at / 1000.0, 'unixepoch') AS last_decided_at,
       r.run_uid AS last_run_uid, c.misses,
       iif(c.excluded_run > ifnull(c.last_run, 0), c.rule, NULL) AS excluded_by,
       iif(c.excluded_run > ifnull(c.last_run, 0), c.exclusion_reason, NULL) AS excluded_reason
FROM coverage c
LEFT JOIN runs r ON r.id = iif(c.excluded_run > ifnull(c.last_run, 0), c.excluded_run, c.last_run)
UNION ALL
SELECT r.runbook, r.customer, t.device_uid, t.hostname, t.site_uid, t.site_name, NULL, t.disposition, t.reason, NULL,
       r.run_uid, 0, NULL, NULL
FROM runs r INDEXED BY runs_unfinished
JOIN targets t ON t.run = r.id
WHERE r.finished_at IS NULL AND r.revision IS NOT NULL AND t.disposition = 'pending'
  AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.runbook = r.runbook AND c.device_uid = t.device_uid)
  AND r.id = (SELECT max(o.id) FROM runs o INDEXED BY runs_unfinished
              JOIN targets u ON u.run = o.id AND u.device_uid = t.device_uid
              WHERE o.finished_at IS NULL AND o.runbook = r.runbook);
