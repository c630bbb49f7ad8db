-- Outputs in groups, what was outside the rules, and retention: what may be removed, how, and what stays of it.

-- Who said this: for the groups, and to see at once that no job refers to a text any more.
CREATE INDEX jobs_by_stdout ON jobs (stdout) WHERE stdout IS NOT NULL;
CREATE INDEX jobs_by_stderr ON jobs (stderr) WHERE stderr IS NOT NULL;
-- What refers to a run, so that it can go without reading all of them.
CREATE INDEX occurrences_by_run ON occurrences (run) WHERE run IS NOT NULL;
CREATE INDEX coverage_by_last_run ON coverage (last_run) WHERE last_run IS NOT NULL;
CREATE INDEX coverage_by_excluded_run ON coverage (excluded_run) WHERE excluded_run IS NOT NULL;

-- One device's history, and the jobs since an instant.
CREATE INDEX jobs_by_device ON jobs (device_uid);
CREATE INDEX jobs_by_creation ON jobs (created_at);
CREATE INDEX devices_by_hostname ON devices (hostname COLLATE NOCASE);
CREATE INDEX coverage_by_hostname ON coverage (hostname COLLATE NOCASE);
-- What devices are and were called, as far as lists find them by it.
CREATE VIEW device_names AS
SELECT device_uid, hostname FROM devices
UNION ALL
SELECT device_uid, hostname FROM coverage
UNION ALL
SELECT t.device_uid, t.hostname FROM runs r INDEXED BY runs_unfinished CROSS JOIN targets t ON t.run = r.id
WHERE r.finished_at IS NULL;

-- What each device's last try of a step printed, by equality. Numbered over all of a run: by step, stdout first, the group of
-- the most devices first.
CREATE VIEW output_groups AS
SELECT g.run_uid, g.component_name, g.step, g.stream,
       row_number() OVER (PARTITION BY g.run_uid
                          ORDER BY g.step, g.stream DESC, g.devices DESC, o.sha256, g.component_name) AS group_no,
       lower(hex(o.sha256)) AS output_sha256, g.devices, o.bytes, substr(o.text, 1, 200) AS sample
FROM (SELECT r.run_uid, j.component_name, j.step, s.stream, iif(s.stream = 'stdout', j.stdout, j.stderr) AS output,
             count(*) AS devices
      FROM runs r
      JOIN jobs j ON j.run = r.id
      JOIN (SELECT 'stdout' AS stream UNION ALL SELECT 'stderr') s
      WHERE iif(s.stream = 'stdout', j.stdout, j.stderr) IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM jobs l WHERE l.run = j.run AND l.device_uid = j.device_uid AND l.step = j.step
                                               AND l.attempt > j.attempt)
      GROUP BY r.run_uid, j.component_name, j.step, s.stream, output) g
JOIN outputs o ON o.id = g.output;

-- Jobs whose create was recorded after the window of their run: none, if all is well.
CREATE TABLE jobs_after_window (job INTEGER PRIMARY KEY REFERENCES jobs (id)) STRICT;
INSERT INTO jobs_after_window (job)
SELECT j.id FROM jobs j JOIN runs r ON r.id = j.run WHERE j.created_at > r.window_end;
CREATE TRIGGER jobs_after_window_are_noted AFTER INSERT ON jobs
WHEN NEW.created_at > (SELECT window_end FROM runs WHERE id = NEW.run)
BEGIN
  INSERT INTO jobs_after_window (job) VALUES (NEW.id);
END;

-- Few rows each, among millions.
CREATE INDEX runs_overridden ON runs (planned_at) WHERE overrides <> '{}';
CREATE INDEX targets_in_storm ON targets (decided_at) WHERE reason = 'storm';
CREATE INDEX targets_failed ON targets (decided_at) WHERE disposition IN ('failed', 'timeout', 'expired', 'unknown');
CREATE INDEX targets_unknown ON targets (decided_at) WHERE disposition = 'unknown';
CREATE INDEX targets_revised ON targets (revised_at) WHERE revised_at IS NOT NULL;
CREATE INDEX occurrences_outside ON occurrences (decided_at)
  WHERE verdict IN ('late', 'caught_up', 'missed') AND voided_at IS NULL;
CREATE INDEX events_outside ON events (at)
  WHERE kind IN ('clock.stepped', 'clock.held', 'account.unreachable', 'account.throttled', 'account.blocked',
                 'account.refused', 'run.refused', 'record.pruned');

-- Everything outside the rules.
CREATE VIEW exceptions AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at, kind, run_uid, job_uid, device_uid, customer, actor,
       reason
FROM (
  SELECT o.decided_at AS at, o.verdict AS kind, r.run_uid, NULL AS job_uid, NULL AS device_uid, o.customer, NULL AS actor,
         o.runbook || ' at ' || strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_at / 1000.0, 'unixepoch')
         || iif(o.count > 1, ' and ' || (o.count - 1) || ' more', '') || iif(o.reason = '', '', ': ' || o.reason) AS reason
  FROM occurrences o
  LEFT JOIN runs r ON r.id = o.run
  WHERE o.verdict IN ('late', 'caught_up', 'missed') AND o.voided_at IS NULL
  UNION ALL
  SELECT r.planned_at, 'override', r.run_uid, NULL, NULL, r.customer, r.actor,
         (SELECT group_concat(value, ', ') FROM json_each(r.overrides, '$.rules')) || ': '
         || json_extract(r.overrides, '$.reason')
  FROM runs r
  WHERE r.overrides <> '{}'
  UNION ALL
  SELECT t.decided_at, 'storm', r.run_uid, NULL, t.device_uid, t.customer, NULL, r.runbook
  FROM targets t
  JOIN runs r ON r.id = t.run
  WHERE t.reason = 'storm'
  UNION ALL
  SELECT t.decided_at, 'unknown', r.run_uid,
         (SELECT j.job_uid FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid
          ORDER BY j.step DESC, j.attempt DESC LIMIT 1),
         t.device_uid, t.customer, NULL, t.reason
  FROM targets t
  JOIN runs r ON r.id = t.run
  WHERE t.disposition = 'unknown'
  UNION ALL
  SELECT t.revised_at, 'revised', r.run_uid,
         (SELECT j.job_uid FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid
          ORDER BY j.step DESC, j.attempt DESC LIMIT 1),
         t.device_uid, t.customer,
         (SELECT e.actor FROM events e
          WHERE e.subject_uid = r.run_uid || '/' || t.device_uid AND e.kind = 'target.revised'),
         'unknown became ' || t.disposition || iif(t.reason = '', '', ': ' || t.reason)
  FROM targets t
  JOIN runs r ON r.id = t.run
  WHERE t.revised_at IS NOT NULL
  UNION ALL
  SELECT j.created_at, 'after_window', r.run_uid, j.job_uid, j.device_uid, t.customer, r.actor,
         'the window ended at ' || strftime('%Y-%m-%dT%H:%M:%fZ', r.window_end / 1000.0, 'unixepoch')
  FROM jobs_after_window a
  JOIN jobs j ON j.id = a.job
  JOIN runs r ON r.id = j.run
  JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
  UNION ALL
  SELECT e.at,
         CASE e.kind WHEN 'run.refused' THEN 'refused' WHEN 'record.pruned' THEN 'pruned'
           WHEN 'clock.stepped' THEN 'clock' WHEN 'clock.held' THEN 'clock' ELSE 'degraded' END,
         iif(e.kind = 'run.refused', e.subject_uid, NULL), NULL, NULL, NULL, e.actor,
         e.kind || ': ' || ifnull(json_extract(e.data, '$.message'), e.data)
  FROM events e
  WHERE e.kind IN ('clock.stepped', 'clock.held', 'account.unreachable', 'account.throttled', 'account.blocked',
                   'account.refused', 'run.refused', 'record.pruned'));

-- Retention. Rows go only while this table has its row, which names the horizon, and only what lies before that. The row
-- cannot be committed: no migration has number 0. So it lives within one transaction, of whoever means to remove.
CREATE TABLE pruning (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  outputs_before INTEGER,  -- NULL: these stay
  history_before INTEGER,
  events_before  INTEGER,
  uncommitted    INTEGER NOT NULL DEFAULT 0 CHECK (uncommitted = 0)
                   REFERENCES schema_migrations (version) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- How far removing has come: what is before is not looked at again, and `verify` does not ask for it.
CREATE TABLE pruned (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  outputs_job    INTEGER NOT NULL DEFAULT 0,  -- the last job whose outputs were removed
  history_before INTEGER                      -- runs and verdicts before this may be gone
) STRICT;
INSERT INTO pruned (id) VALUES (1);

-- What stays of removed events: where the chain goes on from.
CREATE TABLE pruned_ranges (
  from_seq  INTEGER PRIMARY KEY,
  to_seq    INTEGER NOT NULL CHECK (to_seq >= from_seq),
  last_hash TEXT NOT NULL CHECK (length(last_hash) = 64),
  count     INTEGER NOT NULL CHECK (count = to_seq - from_seq + 1),
  pruned_at INTEGER NOT NULL
) STRICT;

-- Of removed events, what a start asks for.
CREATE TABLE pruned_facts (
  kind        TEXT NOT NULL,
  subject_uid TEXT NOT NULL,
  PRIMARY KEY (kind, subject_uid)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER pruned_ranges_tell_the_truth BEFORE INSERT ON pruned_ranges
WHEN NOT EXISTS (SELECT 1 FROM pruning)
  OR NEW.from_seq IS NOT (SELECT min(seq) FROM events)
  OR NEW.to_seq >= (SELECT max(seq) FROM events)
  OR NEW.last_hash IS NOT (SELECT hash FROM events WHERE seq = NEW.to_seq)
BEGIN
  SELECT RAISE(ABORT, 'a pruned range is the beginning of the trail, with the hash of its last event');
END;
CREATE TRIGGER pruned_ranges_are_never_changed BEFORE UPDATE ON pruned_ranges
BEGIN
  SELECT RAISE(ABORT, 'pruned ranges are append-only');
END;
CREATE TRIGGER pruned_ranges_are_never_removed BEFORE DELETE ON pruned_ranges
BEGIN
  SELECT RAISE(ABORT, 'pruned ranges are append-only');
END;

DROP TRIGGER events_are_never_removed;
CREATE TRIGGER events_are_removed_by_retention BEFORE DELETE ON events
WHEN NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.at < events_before)
  OR OLD.seq > ifnull((SELECT to_seq FROM pruned_ranges ORDER BY from_seq DESC LIMIT 1), 0)
BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;

DROP TRIGGER occurrences_are_kept;
CREATE TRIGGER occurrences_are_removed_by_retention BEFORE DELETE ON occurrences
WHEN NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.nominal_until < history_before)
BEGIN
  SELECT RAISE(ABORT, 'verdicts stay in the record');
END;

-- A whole run goes, and only one that ended before the horizon.
DROP TRIGGER targets_are_kept;
CREATE TRIGGER targets_are_removed_by_retention BEFORE DELETE ON targets
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN runs r ON r.id = OLD.run WHERE r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'targets stay in the books');
END;
CREATE TRIGGER jobs_are_removed_by_retention BEFORE DELETE ON jobs
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN runs r ON r.id = OLD.run WHERE r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'jobs stay in the record');
END;
CREATE TRIGGER exclusions_are_removed_by_retention BEFORE DELETE ON exclusions
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN runs r ON r.id = OLD.run WHERE r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'exclusions stay in the record');
END;
CREATE TRIGGER runs_are_removed_by_retention BEFORE DELETE ON runs
WHEN NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.finished_at < history_before)
BEGIN
  SELECT RAISE(ABORT, 'runs stay in the record');
END;
-- A text goes when the last job that refers to it does, or has its outputs removed; the foreign keys see to that.
CREATE TRIGGER outputs_are_removed_by_retention BEFORE DELETE ON outputs
WHEN NOT EXISTS (SELECT 1 FROM pruning)
BEGIN
  SELECT RAISE(ABORT, 'outputs stay in the record');
END;
CREATE TRIGGER outputs_are_never_changed BEFORE UPDATE ON outputs
BEGIN
  SELECT RAISE(ABORT, 'outputs are kept as they came');
END;
CREATE TRIGGER outputs_of_jobs_are_removed_by_retention BEFORE UPDATE OF stdout, stderr, outputs_pruned ON jobs
WHEN (OLD.stdout IS NOT NULL AND NEW.stdout IS NULL OR OLD.stderr IS NOT NULL AND NEW.stderr IS NULL
      OR NEW.outputs_pruned IS NOT OLD.outputs_pruned)
 AND NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.created_at < outputs_before)
BEGIN
  SELECT RAISE(ABORT, 'outputs stay with their job');
END;
