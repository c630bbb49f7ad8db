-- The record: what was to run, what ran, how it ended, and the trail of events that proves it.
-- Times are Unix milliseconds. '' means none, NULL means not known. People read the views; the tables may change.

CREATE TABLE schema_migrations (
  version    INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

-- A runbook's text, from the moment it took effect until the next one did (or its file went).
CREATE TABLE revisions (
  id              INTEGER PRIMARY KEY,
  runbook         TEXT NOT NULL,
  revision        INTEGER NOT NULL CHECK (revision >= 1),
  effective_from  INTEGER NOT NULL,
  effective_until INTEGER,
  sha256          TEXT NOT NULL CHECK (length(sha256) = 64),
  yaml            TEXT NOT NULL,
  resolved        TEXT NOT NULL,
  actor           TEXT NOT NULL,
  note            TEXT NOT NULL,
  UNIQUE (runbook, revision)
) STRICT;
-- One text is in force at a time.
CREATE UNIQUE INDEX revisions_in_force ON revisions (runbook) WHERE effective_until IS NULL;

CREATE TABLE runs (
  id          INTEGER PRIMARY KEY,
  run_uid     TEXT NOT NULL UNIQUE,
  group_uid   TEXT NOT NULL DEFAULT '',
  runbook     TEXT NOT NULL,
  revision    INTEGER,
  account     TEXT NOT NULL,
  customer    TEXT,
  zone        TEXT NOT NULL,
  "trigger"   TEXT NOT NULL CHECK ("trigger" IN ('schedule', 'manual', 'quickjob', 'api', 'retarget', 'alert',
                                                 'outcome', 'online', 'discovered')),
  cause_uid   TEXT NOT NULL DEFAULT '',
  actor       TEXT NOT NULL,
  note        TEXT NOT NULL,
  scope       TEXT NOT NULL,
  nominal_at  INTEGER,
  window_end  INTEGER NOT NULL,
  planned_at  INTEGER NOT NULL,
  started_at  INTEGER,
  finished_at INTEGER,
  status      TEXT NOT NULL CHECK (status IN ('planned', 'waiting', 'running', 'completed', 'failed', 'aborted',
                                              'cancelled')),
  reason      TEXT NOT NULL DEFAULT '',
  -- The books: kept by the triggers on targets, and by nothing else.
  targets     INTEGER NOT NULL DEFAULT 0,
  pending     INTEGER NOT NULL DEFAULT 0 CHECK (pending >= 0),
  succeeded   INTEGER NOT NULL DEFAULT 0 CHECK (succeeded >= 0),
  warning     INTEGER NOT NULL DEFAULT 0 CHECK (warning >= 0),
  failed      INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
  timeout     INTEGER NOT NULL DEFAULT 0 CHECK (timeout >= 0),
  expired     INTEGER NOT NULL DEFAULT 0 CHECK (expired >= 0),
  skipped     INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0),
  halted      INTEGER NOT NULL DEFAULT 0 CHECK (halted >= 0),
  cancelled   INTEGER NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
  unknown     INTEGER NOT NULL DEFAULT 0 CHECK (unknown >= 0),
  FOREIGN KEY (runbook, revision) REFERENCES revisions (runbook, revision),
  CONSTRAINT books_balance CHECK (targets = pending + succeeded + warning + failed + timeout + expired + skipped
                                          + halted + cancelled + unknown),
  CONSTRAINT a_finished_run_has_none_pending CHECK (finished_at IS NULL OR pending = 0),
  CONSTRAINT finished_means_a_final_status CHECK (
    (finished_at IS NOT NULL) = (status IN ('completed', 'failed', 'aborted', 'cancelled')))
) STRICT;
-- No nominal instant of a schedule fires twice.
CREATE UNIQUE INDEX runs_once_per_instant ON runs (runbook, zone, ifnull(customer, ''), nominal_at)
  WHERE "trigger" = 'schedule';
CREATE INDEX runs_by_nominal ON runs (runbook, nominal_at) WHERE "trigger" = 'schedule';
CREATE INDEX runs_unfinished ON runs (id) WHERE finished_at IS NULL;

CREATE TRIGGER runs_status_moves_on BEFORE UPDATE OF status ON runs
WHEN NEW.status IS NOT OLD.status
 AND (OLD.status IN ('completed', 'failed', 'aborted', 'cancelled')
      AND NEW.status NOT IN ('completed', 'failed', 'aborted', 'cancelled')
      OR NEW.status = 'planned')
BEGIN
  SELECT RAISE(ABORT, 'a run''s status does not go back');
END;

CREATE TABLE targets (
  run         INTEGER NOT NULL REFERENCES runs (id),
  device_uid  TEXT NOT NULL,
  site_uid    TEXT NOT NULL,
  site_name   TEXT NOT NULL,
  hostname    TEXT NOT NULL,
  wave        INTEGER NOT NULL,
  disposition TEXT NOT NULL DEFAULT 'pending' CHECK (disposition IN ('pending', 'succeeded', 'warning', 'failed',
                'timeout', 'expired', 'skipped', 'halted', 'cancelled', 'unknown')),
  reason      TEXT NOT NULL DEFAULT '',
  decided_at  INTEGER,
  revised_at  INTEGER,
  PRIMARY KEY (run, device_uid),
  CHECK ((disposition = 'pending') = (decided_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER targets_are_frozen_once BEFORE INSERT ON targets
WHEN (SELECT started_at IS NOT NULL OR finished_at IS NOT NULL FROM runs WHERE id = NEW.run)
BEGIN
  SELECT RAISE(ABORT, 'the targets of this run are frozen');
END;

CREATE TRIGGER targets_begin_pending BEFORE INSERT ON targets
WHEN NEW.disposition <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'a target begins pending');
END;

CREATE TRIGGER targets_are_counted AFTER INSERT ON targets
BEGIN
  UPDATE runs SET targets = targets + 1, pending = pending + 1 WHERE id = NEW.run;
END;

CREATE TRIGGER targets_are_kept BEFORE DELETE ON targets
BEGIN
  SELECT RAISE(ABORT, 'targets stay in the books');
END;

-- One word per target; only `unknown` may be revised, once.
CREATE TRIGGER targets_are_decided_once BEFORE UPDATE OF disposition ON targets
WHEN OLD.disposition <> 'pending'
 AND NOT (OLD.disposition = 'unknown' AND OLD.revised_at IS NULL AND NEW.revised_at IS NOT NULL
          AND NEW.disposition NOT IN ('pending', 'unknown'))
BEGIN
  SELECT RAISE(ABORT, 'a target is decided once');
END;

CREATE TRIGGER targets_are_rebooked AFTER UPDATE OF disposition ON targets
WHEN NEW.disposition <> OLD.disposition
BEGIN
  UPDATE runs SET
    pending   = pending   - (OLD.disposition = 'pending')   + (NEW.disposition = 'pending'),
    succeeded = succeeded - (OLD.disposition = 'succeeded') + (NEW.disposition = 'succeeded'),
    warning   = warning   - (OLD.disposition = 'warning')   + (NEW.disposition = 'warning'),
    failed    = failed    - (OLD.disposition = 'failed')    + (NEW.disposition = 'failed'),
    timeout   = timeout   - (OLD.disposition = 'timeout')   + (NEW.disposition = 'timeout'),
    expired   = expired   - (OLD.disposition = 'expired')   + (NEW.disposition = 'expired'),
    skipped   = skipped   - (OLD.disposition = 'skipped')   + (NEW.disposition = 'skipped'),
    halted    = halted    - (OLD.disposition = 'halted')    + (NEW.disposition = 'halted'),
    cancelled = cancelled - (OLD.disposition = 'cancelled') + (NEW.disposition = 'cancelled'),
    unknown   = unknown   - (OLD.disposition = 'unknown')   + (NEW.disposition = 'unknown')
  WHERE id = NEW.run;
END;

-- Devices that an include matched and a rule kept out, known when the targets were frozen.
CREATE TABLE exclusions (
  run        INTEGER NOT NULL REFERENCES runs (id),
  device_uid TEXT NOT NULL,
  hostname   TEXT NOT NULL,
  site_name  TEXT NOT NULL,
  rule       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (run, device_uid, rule)
) STRICT, WITHOUT ROWID;

-- What scripts printed, once per distinct text. `text` is safe to show: what is not UTF-8 is replaced, and then
-- `exact` holds the bytes as they came. The hash is that of the exact bytes.
CREATE TABLE outputs (
  id     INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  bytes  INTEGER NOT NULL,
  text   TEXT NOT NULL,
  exact  BLOB
) STRICT;

CREATE TABLE jobs (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- the API's jobId: never given twice
  job_uid          TEXT NOT NULL UNIQUE,
  run              INTEGER NOT NULL REFERENCES runs (id),
  device_uid       TEXT NOT NULL,
  step             INTEGER NOT NULL CHECK (step >= 1),
  attempt          INTEGER NOT NULL CHECK (attempt >= 1),
  component_uid    TEXT NOT NULL,
  component_name   TEXT NOT NULL,
  variables        TEXT NOT NULL,
  status           TEXT NOT NULL DEFAULT 'created'
                     CHECK (status IN ('created', 'queued', 'running', 'completed', 'failed', 'timeout')),
  reason           TEXT NOT NULL DEFAULT '',
  exit_code        INTEGER,
  warnings         INTEGER,
  created_at       INTEGER NOT NULL,
  queued_at        INTEGER,
  started_at       INTEGER,
  ran_at           INTEGER,
  completed_at     INTEGER,
  stdout           INTEGER REFERENCES outputs (id),
  stderr           INTEGER REFERENCES outputs (id),
  stdout_truncated INTEGER CHECK (stdout_truncated IN (0, 1)),
  stderr_truncated INTEGER CHECK (stderr_truncated IN (0, 1)),
  outputs_pruned   INTEGER NOT NULL DEFAULT 0 CHECK (outputs_pruned IN (0, 1)),
  datto_job_uid    TEXT,
  datto_status     TEXT,
  late_status      TEXT CHECK (late_status IN ('created', 'queued', 'running', 'completed', 'failed', 'timeout')),
  late_at          INTEGER,
  -- At most once: a device gets one job per step and attempt of a run.
  UNIQUE (run, device_uid, step, attempt),
  FOREIGN KEY (run, device_uid) REFERENCES targets (run, device_uid)
) STRICT;
-- Jobs that have not ended upstream, as far as is known here.
CREATE INDEX jobs_followed ON jobs (created_at)
  WHERE status IN ('created', 'queued', 'running', 'timeout')
    AND (late_status IS NULL OR late_status IN ('created', 'queued', 'running'));

CREATE TRIGGER jobs_begin_created BEFORE INSERT ON jobs
WHEN NEW.status <> 'created'
BEGIN
  SELECT RAISE(ABORT, 'a job begins as created');
END;

CREATE TRIGGER jobs_need_a_pending_target BEFORE INSERT ON jobs
WHEN (SELECT disposition <> 'pending' FROM targets WHERE run = NEW.run AND device_uid = NEW.device_uid)
BEGIN
  SELECT RAISE(ABORT, 'the target of this job is decided');
END;

CREATE TRIGGER jobs_status_moves_on BEFORE UPDATE OF status ON jobs
WHEN OLD.status IN ('completed', 'failed', 'timeout')
  OR NEW.status = 'created' AND OLD.status <> 'created'
  OR NEW.status = 'queued' AND OLD.status = 'running'
BEGIN
  SELECT RAISE(ABORT, 'a job''s status does not go back, and an ended job has none to change');
END;

CREATE TRIGGER jobs_end_late_once BEFORE UPDATE OF late_status ON jobs
WHEN OLD.late_status IN ('completed', 'failed', 'timeout')
BEGIN
  SELECT RAISE(ABORT, 'the late status of this job is final');
END;

-- Verdicts over nominal instants; neighbours with the same verdict and reason share a row.
CREATE TABLE occurrences (
  id            INTEGER PRIMARY KEY,
  runbook       TEXT NOT NULL,
  revision      INTEGER NOT NULL,
  zone          TEXT NOT NULL,
  customer      TEXT,
  nominal_at    INTEGER NOT NULL,
  nominal_until INTEGER NOT NULL,
  count         INTEGER NOT NULL CHECK (count >= 1),
  verdict       TEXT NOT NULL CHECK (verdict IN ('on_time', 'late', 'caught_up', 'skipped', 'missed')),
  reason        TEXT NOT NULL,
  run           INTEGER REFERENCES runs (id),
  decided_at    INTEGER NOT NULL,
  FOREIGN KEY (runbook, revision) REFERENCES revisions (runbook, revision),
  CHECK (nominal_until >= nominal_at),
  CHECK (count > 1 OR nominal_until = nominal_at)
) STRICT;
CREATE UNIQUE INDEX occurrences_judged_once ON occurrences (runbook, zone, ifnull(customer, ''), nominal_at);
CREATE INDEX occurrences_by_end ON occurrences (runbook, nominal_until);

-- The audit trail: a hash chain that is only ever added to.
CREATE TABLE events (
  seq         INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,
  subject     TEXT NOT NULL,
  subject_uid TEXT NOT NULL,
  kind        TEXT NOT NULL,
  actor       TEXT,
  data        TEXT NOT NULL CHECK (json_type(data) = 'object'),
  hash        TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE INDEX events_by_subject ON events (subject_uid);

CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM events)
BEGIN
  SELECT RAISE(ABORT, 'events are numbered without gaps');
END;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;
