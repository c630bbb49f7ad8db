-- The schema after all migrations. RUNBOOKD_UPDATE_GOLDEN=1 ./dev test rewrites it.

CREATE INDEX approvals_by_run ON approvals (run) WHERE run IS NOT NULL;

CREATE INDEX approvals_to_come ON approvals (id) WHERE run IS NULL AND state <> 'voided';

CREATE INDEX approvals_voided ON approvals (decided_at) WHERE run IS NULL AND state = 'voided';

CREATE INDEX coverage_by_excluded_run ON coverage (excluded_run) WHERE excluded_run IS NOT NULL;

CREATE INDEX coverage_by_hostname ON coverage (hostname COLLATE NOCASE);

CREATE INDEX coverage_by_last_run ON coverage (last_run) WHERE last_run IS NOT NULL;

CREATE INDEX devices_by_hostname ON devices (hostname COLLATE NOCASE);

CREATE INDEX devices_gone ON devices (gone_at) WHERE gone_at IS NOT NULL;

CREATE INDEX events_by_subject ON events (subject_uid);

CREATE INDEX events_of_the_clock ON events (seq) WHERE kind = 'clock.synchronised';

CREATE INDEX events_of_the_fleet ON events (seq) WHERE kind = 'fleet.first_list';

CREATE INDEX events_outside ON events (at)
  WHERE kind = 'clock.stepped' OR kind = 'clock.held' OR kind = 'account.unreachable' OR kind = 'account.throttled'
     OR kind = 'account.blocked' OR kind = 'account.refused' OR kind = 'run.refused' OR kind = 'record.pruned';

CREATE INDEX jobs_by_creation ON jobs (created_at) WHERE id % 64 = 0;

CREATE INDEX jobs_by_device ON jobs (device_uid, job_uid);

CREATE INDEX jobs_by_stderr ON jobs (stderr) WHERE stderr IS NOT NULL;

CREATE INDEX jobs_by_stdout ON jobs (stdout) WHERE stdout IS NOT NULL;

CREATE INDEX jobs_followed ON jobs (created_at)
  WHERE (status = 'created' OR status = 'queued' OR status = 'running' OR status = 'timeout')
    AND (late_status IS NULL OR late_status = 'created' OR late_status = 'queued' OR late_status = 'running');

CREATE INDEX jobs_lost ON jobs (created_at) WHERE reason = 'unknown_dispatch' AND late_status IS NULL;

CREATE INDEX notices_done ON notices (ifnull(delivered_at, given_up_at)) WHERE next_at IS NULL;

CREATE INDEX notices_due ON notices (target, next_at) WHERE next_at IS NOT NULL;

CREATE INDEX notices_given_up ON notices (target, id) WHERE given_up_at IS NOT NULL;

CREATE INDEX occurrences_by_end ON occurrences (runbook, nominal_until) WHERE voided_at IS NULL;

CREATE INDEX occurrences_by_run ON occurrences (run) WHERE run IS NOT NULL;

CREATE UNIQUE INDEX occurrences_judged_once ON occurrences (runbook, zone, ifnull(customer, ''), nominal_at)
  WHERE voided_at IS NULL;

CREATE INDEX occurrences_missed ON occurrences (runbook, nominal_until)
  WHERE verdict = 'missed' AND run IS NULL AND voided_at IS NULL;

CREATE INDEX occurrences_outside ON occurrences (decided_at)
  WHERE verdict IN ('late', 'caught_up', 'missed') AND voided_at IS NULL;

CREATE INDEX occurrences_voided ON occurrences (runbook, nominal_until) WHERE voided_at IS NOT NULL;

CREATE INDEX pauses_by_scope ON pauses (scope, from_at);

CREATE UNIQUE INDEX pauses_in_force ON pauses (scope) WHERE ended_at IS NULL;

CREATE INDEX request_keys_by_time ON request_keys (actor, at);

CREATE UNIQUE INDEX revisions_in_force ON revisions (runbook) WHERE effective_until IS NULL;

CREATE INDEX runs_by_nominal ON runs (runbook, nominal_at) WHERE "trigger" = 'schedule';

CREATE INDEX runs_by_runbook ON runs (runbook, run_uid);

CREATE INDEX runs_compared ON runs (runbook, account, zone, ifnull(customer, ''), id)
  WHERE started_at IS NOT NULL AND narrowed = 0 AND status <> 'aborted';

CREATE INDEX runs_finished_by_lane ON runs (runbook, account, zone, ifnull(customer, ''), finished_at)
  WHERE finished_at IS NOT NULL;

CREATE UNIQUE INDEX runs_once_per_instant ON runs (runbook, zone, ifnull(customer, ''), nominal_at)
  WHERE "trigger" = 'schedule';

CREATE INDEX runs_overridden ON runs (planned_at) WHERE overrides <> '{}';

CREATE INDEX runs_triggered ON runs (planned_at) WHERE "trigger" IN ('alert', 'outcome', 'online', 'discovered');

CREATE INDEX runs_unfinished ON runs (id) WHERE finished_at IS NULL;

CREATE INDEX targets_failed ON targets (decided_at)
  WHERE disposition = 'failed' OR disposition = 'timeout' OR disposition = 'expired' OR disposition = 'unknown';

CREATE INDEX targets_in_storm ON targets (decided_at) WHERE reason = 'storm';

CREATE INDEX targets_revised ON targets (revised_at) WHERE revised_at IS NOT NULL;

CREATE INDEX targets_unknown ON targets (decided_at) WHERE disposition = 'unknown';

CREATE TABLE approvals (
  id             INTEGER PRIMARY KEY,
  approval_uid   TEXT NOT NULL UNIQUE,          -- of what was asked ahead; else the run's own uid
  run            INTEGER REFERENCES runs (id),  -- NULL: it has not come yet
  runbook        TEXT NOT NULL,
  revision       INTEGER NOT NULL,
  account        TEXT NOT NULL,
  zone           TEXT NOT NULL,
  customer       TEXT,
  nominal_at     INTEGER,                       -- NULL: of a run that no schedule started
  requested_at   INTEGER NOT NULL,
  component_uid  TEXT NOT NULL,
  component_name TEXT NOT NULL,
  plan_sha256    TEXT NOT NULL CHECK (length(plan_sha256) = 64),
  devices        INTEGER NOT NULL CHECK (devices >= 0),
  plan           TEXT NOT NULL CHECK (json_type(plan) = 'array'),  -- the devices' uids
  state          TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'rejected', 'voided')),
  actor          TEXT NOT NULL DEFAULT '',
  note           TEXT NOT NULL DEFAULT '',
  decided_at     INTEGER,
  FOREIGN KEY (runbook, revision) REFERENCES revisions (runbook, revision),
  CONSTRAINT what_is_decided_has_its_time CHECK ((state = 'asked') = (decided_at IS NULL))
) STRICT;

CREATE TABLE checkpoints (
  seq        INTEGER PRIMARY KEY,
  hash       TEXT NOT NULL CHECK (length(hash) = 64),
  at         INTEGER NOT NULL,
  key_id     TEXT NOT NULL CHECK (length(key_id) = 16),       -- the beginning of the public key's SHA-256, in hex
  public_key TEXT NOT NULL CHECK (length(public_key) = 64),   -- Ed25519, 32 bytes in hex
  signature  TEXT NOT NULL CHECK (length(signature) = 128)    -- of {"at":…,"hash":"…","seq":…}, 64 bytes in hex
) STRICT;

CREATE TABLE collected (
  job    INTEGER NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
  row_no INTEGER NOT NULL CHECK (row_no >= 1),  -- in the order in which the job printed them
  data   TEXT NOT NULL CHECK (json_type(data) = 'object'),
  PRIMARY KEY (job, row_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage (
  runbook          TEXT NOT NULL,
  device_uid       TEXT NOT NULL,
  hostname         TEXT NOT NULL,  -- this and the site as the newest run that had the device froze them
  site_uid         TEXT,           -- NULL: it has only been excluded
  site_name        TEXT NOT NULL,
  last_run         INTEGER REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,  -- the newest that decided it
  last_disposition TEXT,
  last_reason      TEXT,
  last_decided_at  INTEGER,
  last_success_at  INTEGER,
  misses           INTEGER NOT NULL DEFAULT 0 CHECK (misses >= 0),  -- decisions since the last success
  excluded_run     INTEGER REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,  -- the newest that a rule kept it out of
  rule             TEXT,
  exclusion_reason TEXT,
  PRIMARY KEY (runbook, device_uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE "devices" (
  device_uid    TEXT NOT NULL,
  account       TEXT NOT NULL,
  hostname      TEXT NOT NULL,
  site_uid      TEXT NOT NULL,
  site_name     TEXT NOT NULL,
  os            TEXT NOT NULL,
  device_type   TEXT NOT NULL,
  class         TEXT NOT NULL,
  online        INTEGER NOT NULL CHECK (online IN (0, 1)),
  suspended     INTEGER NOT NULL CHECK (suspended IN (0, 1)),
  deleted       INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  known_before  INTEGER NOT NULL CHECK (known_before IN (0, 1)),
  first_seen_at INTEGER NOT NULL,
  last_seen_at  INTEGER,
  gone_at       INTEGER,
  PRIMARY KEY (device_uid, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  seq         INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,
  subject     TEXT NOT NULL,
  subject_uid TEXT NOT NULL,
  kind        TEXT NOT NULL,
  actor       TEXT,
  data        TEXT NOT NULL CHECK (data >= '{' AND data < '|'),
  hash        TEXT NOT NULL CHECK (hash > '')
) STRICT;

CREATE TABLE exclusions (
  run        INTEGER NOT NULL REFERENCES runs (id),
  device_uid TEXT NOT NULL,
  hostname   TEXT NOT NULL,
  site_name  TEXT NOT NULL,
  rule       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (run, device_uid, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- the API's jobId: never given twice
  job_uid          TEXT NOT NULL UNIQUE,
  run              INTEGER NOT NULL REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,
  device_uid       TEXT NOT NULL,
  step             INTEGER NOT NULL CHECK (step >= 1),
  attempt          INTEGER NOT NULL CHECK (attempt >= 1),
  component_uid    TEXT NOT NULL,
  component_name   TEXT NOT NULL,
  variables        TEXT NOT NULL,
  status           TEXT NOT NULL DEFAULT 'created'
                     CHECK (status = 'created' OR status = 'queued' OR status = 'running' OR status = 'completed'
                            OR status = 'failed' OR status = 'timeout'),
  reason           TEXT NOT NULL DEFAULT '',
  exit_code        INTEGER,
  warnings         INTEGER,
  created_at       INTEGER NOT NULL,
  queued_at        INTEGER,
  started_at       INTEGER,
  ran_at           INTEGER,
  completed_at     INTEGER,
  stdout           INTEGER REFERENCES outputs (id) DEFERRABLE INITIALLY DEFERRED,
  stderr           INTEGER REFERENCES outputs (id) DEFERRABLE INITIALLY DEFERRED,
  stdout_truncated INTEGER CHECK (stdout_truncated IN (0, 1)),
  stderr_truncated INTEGER CHECK (stderr_truncated IN (0, 1)),
  outputs_pruned   INTEGER NOT NULL DEFAULT 0 CHECK (outputs_pruned IN (0, 1)),
  datto_job_uid    TEXT,
  datto_status     TEXT,
  late_status      TEXT CHECK (late_status = 'created' OR late_status = 'queued' OR late_status = 'running'
                            OR late_status = 'completed' OR late_status = 'failed' OR late_status = 'timeout'),
  late_at          INTEGER, step_name TEXT, steps_after INTEGER NOT NULL DEFAULT 0,
  -- At most once: a device gets one job per step and attempt of a run.
  UNIQUE (run, device_uid, step, attempt),
  FOREIGN KEY (run, device_uid) REFERENCES targets (run, device_uid) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE jobs_after_window (job INTEGER PRIMARY KEY REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED) STRICT;

CREATE TABLE notice_cursor (
  id  INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
) STRICT;

CREATE TABLE notices (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  notice_uid   TEXT NOT NULL UNIQUE,
  event        INTEGER NOT NULL,  -- its seq in the trail, from which it may be gone
  target       TEXT NOT NULL,     -- a name under `notify` in the settings
  per          TEXT NOT NULL CHECK (per IN ('run', 'customer', 'device')),
  subject      TEXT NOT NULL,     -- uid of the run or device, the customer; of an occurrence, its instant
  runbook      TEXT NOT NULL,
  run_uid      TEXT,
  payload      TEXT NOT NULL CHECK (json_type(payload) = 'object'),
  created_at   INTEGER NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_at      INTEGER,           -- NULL: nothing is to be done about it any more
  last_error   TEXT NOT NULL DEFAULT '',
  delivered_at INTEGER,
  given_up_at  INTEGER,
  UNIQUE (event, target, per, subject),
  CONSTRAINT a_notice_is_due_or_done CHECK (
    (next_at IS NOT NULL) + (delivered_at IS NOT NULL) + (given_up_at IS NOT NULL) = 1)
) STRICT;

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
  decided_at    INTEGER NOT NULL, voided_at INTEGER,
  FOREIGN KEY (runbook, revision) REFERENCES revisions (runbook, revision),
  CHECK (nominal_until >= nominal_at),
  CHECK (count > 1 OR nominal_until = nominal_at)
) STRICT;

CREATE TABLE outputs (
  id     INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  bytes  INTEGER NOT NULL,
  text   TEXT NOT NULL,
  exact  BLOB
) STRICT;

CREATE TABLE pauses (
  id       INTEGER PRIMARY KEY,
  scope  TEXT NOT NULL,
  from_at  INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  actor    TEXT NOT NULL,
  ended_at INTEGER,
  ended_by TEXT,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE TABLE pruned (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  outputs_job    INTEGER NOT NULL DEFAULT 0,  -- the last job whose outputs were removed
  history_before INTEGER                      -- runs and verdicts before this may be gone
) STRICT;

CREATE TABLE pruned_facts (
  kind        TEXT NOT NULL,
  subject_uid TEXT NOT NULL,
  PRIMARY KEY (kind, subject_uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE pruned_ranges (
  from_seq  INTEGER PRIMARY KEY,
  to_seq    INTEGER NOT NULL CHECK (to_seq >= from_seq),
  last_hash TEXT NOT NULL CHECK (length(last_hash) = 64),
  count     INTEGER NOT NULL CHECK (count = to_seq - from_seq + 1),
  pruned_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pruning (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  outputs_before INTEGER,  -- NULL: these stay
  history_before INTEGER,
  events_before  INTEGER,
  uncommitted    INTEGER NOT NULL DEFAULT 0 CHECK (uncommitted = 0)
                   REFERENCES schema_migrations (version) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE request_keys (
  id      INTEGER PRIMARY KEY,
  actor   TEXT NOT NULL,
  key     TEXT NOT NULL CHECK (key <> ''),
  request TEXT NOT NULL,  -- SHA-256 of what was asked for, in hex
  run     INTEGER NOT NULL UNIQUE REFERENCES runs (id),
  at      INTEGER NOT NULL,
  UNIQUE (actor, key)
) STRICT;

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
  note            TEXT NOT NULL, account TEXT NOT NULL DEFAULT '',
  UNIQUE (runbook, revision)
) STRICT;

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
  unknown     INTEGER NOT NULL DEFAULT 0 CHECK (unknown >= 0), starts_at INTEGER, caught_up INTEGER NOT NULL DEFAULT 0 CHECK (caught_up IN (0, 1)), overrides TEXT NOT NULL DEFAULT '{}' CHECK (json_type(overrides) = 'object'), narrowed INTEGER NOT NULL DEFAULT 0 CHECK (narrowed IN (0, 1)), wave INTEGER NOT NULL DEFAULT 1, waits_until INTEGER, tolerated INTEGER NOT NULL DEFAULT 0,
  FOREIGN KEY (runbook, revision) REFERENCES revisions (runbook, revision),
  CONSTRAINT books_balance CHECK (targets = pending + succeeded + warning + failed + timeout + expired + skipped
                                          + halted + cancelled + unknown),
  CONSTRAINT a_finished_run_has_none_pending CHECK (finished_at IS NULL OR pending = 0),
  CONSTRAINT finished_means_a_final_status CHECK (
    (finished_at IS NOT NULL) = (status IN ('completed', 'failed', 'aborted', 'cancelled')))
) STRICT;

CREATE TABLE schema_migrations (
  version    INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE site_customers (
  site_uid TEXT PRIMARY KEY,
  customer TEXT NOT NULL CHECK (customer <> '')
, account TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;

CREATE TABLE targets (
  run         INTEGER NOT NULL REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,
  device_uid  TEXT NOT NULL,
  site_uid    TEXT NOT NULL,
  site_name   TEXT NOT NULL,
  hostname    TEXT NOT NULL,
  wave        INTEGER NOT NULL,
  disposition TEXT NOT NULL DEFAULT 'pending' CHECK (disposition = 'pending' OR disposition = 'succeeded'
                OR disposition = 'warning' OR disposition = 'failed' OR disposition = 'timeout' OR disposition = 'expired'
                OR disposition = 'skipped' OR disposition = 'halted' OR disposition = 'cancelled' OR disposition = 'unknown'),
  reason      TEXT NOT NULL DEFAULT '',
  decided_at  INTEGER,
  revised_at  INTEGER, online INTEGER CHECK (online IN (0, 1)), last_seen_at INTEGER, customer TEXT, retry_at INTEGER, retry_disposition TEXT, retry_reason TEXT, steps_ended TEXT, step_at INTEGER,
  PRIMARY KEY (run, device_uid),
  CHECK ((disposition = 'pending') = (decided_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE zone_rules (
  digest         TEXT PRIMARY KEY CHECK (length(digest) = 64),
  name           TEXT NOT NULL,
  tzdata_version TEXT NOT NULL,
  tzif           BLOB NOT NULL,
  first_seen_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER approvals_are_removed_by_retention BEFORE DELETE ON approvals
WHEN NOT EXISTS (SELECT 1 FROM pruning p LEFT JOIN runs r ON r.id = OLD.run
                 WHERE iif(OLD.run IS NULL, OLD.decided_at, r.finished_at) < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'an approval leaves the record by retention');
END;

CREATE TRIGGER checkpoints_are_never_changed BEFORE UPDATE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints are append-only');
END;

CREATE TRIGGER checkpoints_are_never_removed BEFORE DELETE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints are append-only');
END;

CREATE TRIGGER checkpoints_are_of_an_event BEFORE INSERT ON checkpoints
WHEN NOT EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq AND hash = NEW.hash AND at = NEW.at)
BEGIN
  SELECT RAISE(ABORT, 'a checkpoint is of an event that is there');
END;

CREATE TRIGGER collected_rows_are_never_changed BEFORE UPDATE ON collected
BEGIN
  SELECT RAISE(ABORT, 'collected rows are kept as they came');
END;

CREATE TRIGGER collected_rows_are_removed_by_retention BEFORE DELETE ON collected
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN jobs j ON j.id = OLD.job JOIN runs r ON r.id = j.run
                 WHERE j.created_at < p.outputs_before OR r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'collected rows stay with their job');
END;

CREATE TRIGGER devices_are_first_seen_once BEFORE UPDATE OF device_uid, account, known_before, first_seen_at ON devices
WHEN NEW.device_uid IS NOT OLD.device_uid OR NEW.account IS NOT OLD.account
  OR NEW.known_before IS NOT OLD.known_before OR NEW.first_seen_at IS NOT OLD.first_seen_at
BEGIN
  SELECT RAISE(ABORT, 'when a device was first seen does not change');
END;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_removed_by_retention BEFORE DELETE ON events
WHEN NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.at < events_before)
  OR OLD.seq > ifnull((SELECT to_seq FROM pruned_ranges ORDER BY from_seq DESC LIMIT 1), 0)
BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM events)
BEGIN
  SELECT RAISE(ROLLBACK, 'events are numbered without gaps');
END;

CREATE TRIGGER exclusions_are_covered AFTER INSERT ON exclusions
BEGIN
  INSERT INTO coverage (runbook, device_uid, hostname, site_name, excluded_run, rule, exclusion_reason)
  SELECT runbook, NEW.device_uid, NEW.hostname, NEW.site_name, NEW.run, NEW.rule, NEW.reason
  FROM runs WHERE id = NEW.run AND revision IS NOT NULL
  ON CONFLICT (runbook, device_uid) DO UPDATE SET
    excluded_run = excluded.excluded_run, rule = excluded.rule, exclusion_reason = excluded.exclusion_reason;
END;

CREATE TRIGGER exclusions_are_removed_by_retention BEFORE DELETE ON exclusions
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN runs r ON r.id = OLD.run WHERE r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'exclusions stay in the record');
END;

CREATE TRIGGER jobs_after_window_are_noted AFTER INSERT ON jobs
WHEN NEW.created_at > (SELECT window_end FROM runs WHERE id = NEW.run)
BEGIN
  INSERT INTO jobs_after_window (job) VALUES (NEW.id);
END;

CREATE TRIGGER jobs_are_removed_by_retention BEFORE DELETE ON jobs
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN runs r ON r.id = OLD.run WHERE r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'jobs stay in the record');
END;

CREATE TRIGGER jobs_begin_created BEFORE INSERT ON jobs
WHEN NEW.status <> 'created'
BEGIN
  SELECT RAISE(ROLLBACK, 'a job begins as created');
END;

CREATE TRIGGER jobs_end_late_once BEFORE UPDATE OF late_status ON jobs
WHEN OLD.late_status IN ('completed', 'failed', 'timeout')
BEGIN
  SELECT RAISE(ABORT, 'the late status of this job is final');
END;

CREATE TRIGGER jobs_need_a_pending_target BEFORE INSERT ON jobs
WHEN (SELECT disposition <> 'pending' FROM targets WHERE run = NEW.run AND device_uid = NEW.device_uid)
BEGIN
  SELECT RAISE(ROLLBACK, 'the target of this job is decided');
END;

CREATE TRIGGER jobs_status_moves_on BEFORE UPDATE OF status ON jobs
WHEN OLD.status = 'completed' OR OLD.status = 'failed' OR OLD.status = 'timeout'
  OR NEW.status = 'created' AND OLD.status <> 'created'
  OR NEW.status = 'queued' AND OLD.status = 'running'
BEGIN
  SELECT RAISE(ROLLBACK, 'a job''s status does not go back, and an ended job has none to change');
END;

CREATE TRIGGER notice_cursor_moves_on BEFORE UPDATE ON notice_cursor
WHEN NEW.seq < OLD.seq
BEGIN
  SELECT RAISE(ABORT, 'the trail is looked at once');
END;

CREATE TRIGGER notices_are_done_once BEFORE UPDATE ON notices
WHEN OLD.next_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'a notice is delivered or given up once');
END;

CREATE TRIGGER occurrences_are_removed_by_retention BEFORE DELETE ON occurrences
WHEN NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.nominal_until < history_before)
BEGIN
  SELECT RAISE(ABORT, 'verdicts stay in the record');
END;

CREATE TRIGGER occurrences_begin_in_force BEFORE INSERT ON occurrences
WHEN NEW.voided_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a verdict begins in force');
END;

CREATE TRIGGER occurrences_grow_or_are_voided BEFORE UPDATE ON occurrences
WHEN OLD.voided_at IS NOT NULL
  OR NEW.id IS NOT OLD.id OR NEW.runbook IS NOT OLD.runbook OR NEW.revision IS NOT OLD.revision
  OR NEW.zone IS NOT OLD.zone OR NEW.customer IS NOT OLD.customer OR NEW.nominal_at IS NOT OLD.nominal_at
  OR NEW.verdict IS NOT OLD.verdict OR NEW.reason IS NOT OLD.reason OR NEW.run IS NOT OLD.run
  OR NEW.decided_at IS NOT OLD.decided_at
  OR NEW.nominal_until < OLD.nominal_until OR NEW.count < OLD.count
  OR OLD.run IS NOT NULL AND (NEW.nominal_until <> OLD.nominal_until OR NEW.count <> OLD.count)
  OR NEW.voided_at IS NOT NULL AND (OLD.verdict <> 'missed' OR OLD.run IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'a verdict is final');
END;

CREATE TRIGGER outputs_are_never_changed BEFORE UPDATE ON outputs
BEGIN
  SELECT RAISE(ABORT, 'outputs are kept as they came');
END;

CREATE TRIGGER outputs_are_removed_by_retention BEFORE DELETE ON outputs
WHEN NOT EXISTS (SELECT 1 FROM pruning)
BEGIN
  SELECT RAISE(ABORT, 'outputs stay in the record');
END;

CREATE TRIGGER outputs_of_jobs_are_removed_by_retention BEFORE UPDATE OF stdout, stderr, outputs_pruned ON jobs
WHEN (OLD.stdout IS NOT NULL AND NEW.stdout IS NULL OR OLD.stderr IS NOT NULL AND NEW.stderr IS NULL
      OR NEW.outputs_pruned IS NOT OLD.outputs_pruned)
 AND NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.created_at < outputs_before)
BEGIN
  SELECT RAISE(ROLLBACK, 'outputs stay with their job');
END;

CREATE TRIGGER pauses_are_kept BEFORE DELETE ON pauses
BEGIN
  SELECT RAISE(ABORT, 'pauses stay in the record');
END;

CREATE TRIGGER pauses_end_once BEFORE UPDATE ON pauses
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.id IS NOT OLD.id OR NEW.scope IS NOT OLD.scope
  OR NEW.from_at IS NOT OLD.from_at OR NEW.until_at IS NOT OLD.until_at OR NEW.reason IS NOT OLD.reason
  OR NEW.actor IS NOT OLD.actor
BEGIN
  SELECT RAISE(ABORT, 'a pause is ended once and not changed otherwise');
END;

CREATE TRIGGER pruned_ranges_are_never_changed BEFORE UPDATE ON pruned_ranges
BEGIN
  SELECT RAISE(ABORT, 'pruned ranges are append-only');
END;

CREATE TRIGGER pruned_ranges_are_never_removed BEFORE DELETE ON pruned_ranges
BEGIN
  SELECT RAISE(ABORT, 'pruned ranges are append-only');
END;

CREATE TRIGGER pruned_ranges_tell_the_truth BEFORE INSERT ON pruned_ranges
WHEN NOT EXISTS (SELECT 1 FROM pruning)
  OR NEW.from_seq IS NOT (SELECT min(seq) FROM events)
  OR NEW.to_seq >= (SELECT max(seq) FROM events)
  OR NEW.last_hash IS NOT (SELECT hash FROM events WHERE seq = NEW.to_seq)
BEGIN
  SELECT RAISE(ABORT, 'a pruned range is the beginning of the trail, with the hash of its last event');
END;

CREATE TRIGGER revised_targets_are_covered AFTER UPDATE OF revised_at ON targets
WHEN OLD.disposition = 'unknown' AND NEW.disposition <> 'unknown'
BEGIN
  UPDATE coverage SET last_disposition = NEW.disposition, last_reason = NEW.reason
  WHERE last_run = NEW.run AND device_uid = NEW.device_uid
    AND runbook = (SELECT runbook FROM runs WHERE id = NEW.run);
  UPDATE coverage SET
    last_success_at = iif(last_success_at > NEW.decided_at, last_success_at, NEW.decided_at),
    misses = (SELECT iif(coverage.misses < count(*), coverage.misses, count(*))
              FROM runs r JOIN targets t ON t.run = r.id AND t.device_uid = NEW.device_uid
              WHERE r.runbook = coverage.runbook AND r.id > NEW.run
                AND t.disposition NOT IN ('pending', 'succeeded', 'warning'))
  WHERE NEW.disposition IN ('succeeded', 'warning') AND device_uid = NEW.device_uid
    AND runbook = (SELECT runbook FROM runs WHERE id = NEW.run);
END;

CREATE TRIGGER runs_are_removed_by_retention BEFORE DELETE ON runs
WHEN NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.finished_at < history_before)
BEGIN
  SELECT RAISE(ABORT, 'runs stay in the record');
END;

CREATE TRIGGER runs_status_moves_on BEFORE UPDATE OF status ON runs
WHEN NEW.status IS NOT OLD.status
 AND (OLD.status IN ('completed', 'failed', 'aborted', 'cancelled')
      AND NEW.status NOT IN ('completed', 'failed', 'aborted', 'cancelled')
      OR NEW.status = 'planned')
BEGIN
  SELECT RAISE(ABORT, 'a run''s status does not go back');
END;

CREATE TRIGGER targets_are_counted AFTER INSERT ON targets
BEGIN
  UPDATE runs SET targets = targets + 1, pending = pending + 1 WHERE id = NEW.run;
END;

CREATE TRIGGER targets_are_covered AFTER UPDATE OF disposition ON targets
WHEN OLD.disposition = 'pending' AND NEW.disposition <> 'pending'
BEGIN
  UPDATE coverage SET
    last_run = NEW.run, last_disposition = NEW.disposition, last_reason = NEW.reason, last_decided_at = NEW.decided_at,
    last_success_at = iif(NEW.disposition IN ('succeeded', 'warning'), NEW.decided_at, last_success_at),
    misses = iif(NEW.disposition IN ('succeeded', 'warning'), 0, misses + 1)
  WHERE runbook = (SELECT runbook FROM runs WHERE id = NEW.run AND revision IS NOT NULL) AND device_uid = NEW.device_uid;
END;

CREATE TRIGGER targets_are_decided_once BEFORE UPDATE OF disposition ON targets
WHEN OLD.disposition <> 'pending'
 AND NOT (OLD.disposition = 'unknown' AND OLD.revised_at IS NULL AND NEW.revised_at IS NOT NULL
          AND NEW.disposition NOT IN ('pending', 'unknown'))
BEGIN
  SELECT RAISE(ROLLBACK, 'a target is decided once');
END;

CREATE TRIGGER targets_are_frozen_once BEFORE INSERT ON targets
WHEN (SELECT started_at IS NOT NULL OR finished_at IS NOT NULL FROM runs WHERE id = NEW.run)
BEGIN
  SELECT RAISE(ROLLBACK, 'the targets of this run are frozen');
END;

CREATE TRIGGER targets_are_known_to_coverage BEFORE UPDATE OF disposition ON targets
WHEN OLD.disposition = 'pending' AND NEW.disposition <> 'pending'
 AND NOT EXISTS (SELECT 1 FROM coverage
                 WHERE runbook = (SELECT runbook FROM runs WHERE id = NEW.run) AND device_uid = NEW.device_uid
                   AND hostname = NEW.hostname AND site_uid IS NEW.site_uid AND site_name = NEW.site_name)
BEGIN
  UPDATE coverage SET hostname = NEW.hostname, site_uid = NEW.site_uid, site_name = NEW.site_name
  WHERE runbook = (SELECT runbook FROM runs WHERE id = NEW.run AND revision IS NOT NULL) AND device_uid = NEW.device_uid;
  INSERT INTO coverage (runbook, device_uid, hostname, site_uid, site_name)
  SELECT runbook, NEW.device_uid, NEW.hostname, NEW.site_uid, NEW.site_name
  FROM runs
  WHERE id = NEW.run AND revision IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.runbook = runs.runbook AND c.device_uid = NEW.device_uid);
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

CREATE TRIGGER targets_are_removed_by_retention BEFORE DELETE ON targets
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN runs r ON r.id = OLD.run WHERE r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'targets stay in the books');
END;

CREATE TRIGGER targets_begin_pending BEFORE INSERT ON targets
WHEN NEW.disposition <> 'pending'
BEGIN
  SELECT RAISE(ROLLBACK, 'a target begins pending');
END;

CREATE TRIGGER zone_rules_are_kept BEFORE DELETE ON zone_rules
BEGIN
  SELECT RAISE(ABORT, 'zone rules stay in the record');
END;

CREATE TRIGGER zone_rules_are_never_changed BEFORE UPDATE ON zone_rules
BEGIN
  SELECT RAISE(ABORT, 'zone rules are kept as they were seen');
END;

CREATE VIEW approval_devices AS
SELECT a.approval_uid, r.run_uid, a.runbook, d.value AS device_uid,
       (SELECT f.hostname FROM devices f WHERE f.device_uid = d.value AND f.account = a.account) AS hostname
FROM approvals a
JOIN json_each(a.plan) d
LEFT JOIN runs r ON r.id = a.run;

CREATE VIEW approval_history AS
SELECT a.approval_uid, r.run_uid, a.runbook, a.revision, a.account, a.customer, a.zone,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.requested_at / 1000.0, 'unixepoch') AS requested_at,
       a.component_uid, a.component_name, a.devices, a.plan_sha256,
       iif(a.state = 'asked' AND r.finished_at IS NOT NULL, 'lapsed', a.state) AS state, a.actor, a.note,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM approvals a
LEFT JOIN runs r ON r.id = a.run;

CREATE VIEW collected_rows AS
SELECT r.run_uid, r.runbook, j.device_uid, t.hostname, t.customer, t.site_name, c.row_no, c.data, t.site_uid, j.job_uid,
       j.step, j.step_name
FROM runs r
JOIN jobs j ON j.run = r.id
JOIN collected c ON c.job = j.id
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE NOT EXISTS (SELECT 1 FROM jobs l WHERE l.run = j.run AND l.device_uid = j.device_uid AND l.step = j.step
                                         AND l.attempt > j.attempt);

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

CREATE VIEW device_fleet AS
SELECT d.device_uid, d.hostname, s.customer, d.site_uid, d.site_name, d.os, d.device_type, d.class, d.online, d.suspended,
       d.deleted,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.last_seen_at / 1000.0, 'unixepoch') AS last_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.gone_at / 1000.0, 'unixepoch') AS gone_at,
       d.account
FROM devices d
LEFT JOIN site_customers s ON s.site_uid = d.site_uid
WHERE d.gone_at IS NULL
   OR NOT EXISTS (SELECT 1 FROM devices o
                  WHERE o.device_uid = d.device_uid AND o.account <> d.account
                    AND (o.gone_at IS NULL OR o.gone_at > d.gone_at OR o.gone_at = d.gone_at AND o.account < d.account));

CREATE VIEW device_names AS
SELECT device_uid, hostname FROM devices
UNION ALL
SELECT device_uid, hostname FROM coverage
UNION ALL
SELECT t.device_uid, t.hostname FROM runs r INDEXED BY runs_unfinished CROSS JOIN targets t ON t.run = r.id
WHERE r.finished_at IS NULL;

CREATE VIEW event_trail AS
SELECT seq, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at, subject, subject_uid, kind, actor, data,
       hash
FROM events;

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
  WHERE e.kind = 'clock.stepped' OR e.kind = 'clock.held' OR e.kind = 'account.unreachable' OR e.kind = 'account.throttled'
     OR e.kind = 'account.blocked' OR e.kind = 'account.refused' OR e.kind = 'run.refused' OR e.kind = 'record.pruned');

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

CREATE VIEW notice_history AS
SELECT notice_uid, event, target, per, subject, runbook, run_uid, payload,
       strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
       attempts,
       strftime('%Y-%m-%dT%H:%M:%fZ', next_at / 1000.0, 'unixepoch') AS next_at,
       last_error,
       strftime('%Y-%m-%dT%H:%M:%fZ', delivered_at / 1000.0, 'unixepoch') AS delivered_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', given_up_at / 1000.0, 'unixepoch') AS given_up_at
FROM notices;

CREATE VIEW occurrence_history AS
SELECT o.runbook, o.revision, o.zone, o.customer,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_until / 1000.0, 'unixepoch') AS nominal_until,
       o.count, o.verdict, o.reason, r.run_uid
FROM occurrences o
LEFT JOIN runs r ON r.id = o.run
WHERE o.voided_at IS NULL;

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

CREATE VIEW pause_history AS
SELECT iif(instr(scope, ':') = 0, scope, NULL) AS runbook,
       strftime('%Y-%m-%dT%H:%M:%fZ', from_at / 1000.0, 'unixepoch') AS from_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', until_at / 1000.0, 'unixepoch') AS until_at,
       reason, actor,
       strftime('%Y-%m-%dT%H:%M:%fZ', ended_at / 1000.0, 'unixepoch') AS ended_at,
       ended_by,
       iif(substr(scope, 1, 9) = 'customer:', substr(scope, 10), NULL) AS customer,
       iif(substr(scope, 1, 7) = 'device:', substr(scope, 8), NULL) AS device_uid,
       iif(substr(scope, 1, 10) = 'component:', substr(scope, 11), NULL) AS component_uid,
       scope
FROM pauses;

CREATE VIEW run_history AS
SELECT run_uid, group_uid, runbook, revision, account, customer, zone, "trigger", cause_uid, actor, note,
       strftime('%Y-%m-%dT%H:%M:%fZ', nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', window_end / 1000.0, 'unixepoch') AS window_end,
       strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1000.0, 'unixepoch') AS finished_at,
       status, reason, targets, pending, succeeded, warning, failed, timeout, expired, skipped, halted, cancelled,
       unknown
FROM runs;

CREATE VIEW runbook_revisions AS
SELECT runbook, revision,
       strftime('%Y-%m-%dT%H:%M:%fZ', effective_from / 1000.0, 'unixepoch') AS effective_from,
       strftime('%Y-%m-%dT%H:%M:%fZ', effective_until / 1000.0, 'unixepoch') AS effective_until,
       sha256, yaml, actor, note
FROM revisions;

CREATE VIEW target_exclusions AS
SELECT r.run_uid, r.runbook, x.device_uid, x.hostname, x.site_name, x.rule, x.reason
FROM exclusions x
JOIN runs r ON r.id = x.run;

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
