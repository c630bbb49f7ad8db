-- Uids are in the order of time, so an instant is looked up only to find about where in them it is: one job in 64 is near enough.
DROP INDEX jobs_by_creation;
CREATE INDEX jobs_by_creation ON jobs (created_at) WHERE id % 64 = 0;

-- SQLite makes a table for each `IN (…)` of more than two values, each time that it looks at it: in the constraints and indexes that every
-- job is written through, that was most of the work. They say the same with OR, so what is stored stays as it is, and the tables are
-- not written anew (https://www.sqlite.org/lang_altertable.html, "other kinds of table schema changes").
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(replace(replace(replace(replace(sql,
  'CHECK (status IN (''created'', ''queued'', ''running'', ''completed'', ''failed'', ''timeout''))',
  'CHECK (status = ''created'' OR status = ''queued'' OR status = ''running'' OR status = ''completed''
                            OR status = ''failed'' OR status = ''timeout'')'),
  'CHECK (late_status IN (''created'', ''queued'', ''running'', ''completed'', ''failed'', ''timeout''))',
  'CHECK (late_status = ''created'' OR late_status = ''queued'' OR late_status = ''running''
                            OR late_status = ''completed'' OR late_status = ''failed'' OR late_status = ''timeout'')'),
  'INTEGER NOT NULL REFERENCES runs (id),', 'INTEGER NOT NULL REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,'),
  'INTEGER REFERENCES outputs (id),', 'INTEGER REFERENCES outputs (id) DEFERRABLE INITIALLY DEFERRED,'),
  'REFERENCES targets (run, device_uid)', 'REFERENCES targets (run, device_uid) DEFERRABLE INITIALLY DEFERRED')
WHERE type = 'table' AND name = 'jobs';

UPDATE sqlite_schema SET sql = replace(sql, 'INTEGER REFERENCES runs (id),', 'INTEGER REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,')
WHERE type = 'table' AND name = 'coverage';

UPDATE sqlite_schema SET sql = replace(sql, 'REFERENCES jobs (id))', 'REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED)')
WHERE type = 'table' AND name = 'jobs_after_window';

UPDATE sqlite_schema SET sql = replace(replace(sql,
  'CHECK (disposition IN (''pending'', ''succeeded'', ''warning'', ''failed'',
                ''timeout'', ''expired'', ''skipped'', ''halted'', ''cancelled'', ''unknown''))',
  'CHECK (disposition = ''pending'' OR disposition = ''succeeded''
                OR disposition = ''warning'' OR disposition = ''failed'' OR disposition = ''timeout'' OR disposition = ''expired''
                OR disposition = ''skipped'' OR disposition = ''halted'' OR disposition = ''cancelled'' OR disposition = ''unknown'')'),
  'INTEGER NOT NULL REFERENCES runs (id),', 'INTEGER NOT NULL REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,')
WHERE type = 'table' AND name = 'targets';

UPDATE sqlite_schema SET sql = replace(replace(sql,
  'CHECK (json_type(data) = ''object'')', 'CHECK (data >= ''{'' AND data < ''|'')'),
  'CHECK (length(hash) = 64)', 'CHECK (hash > '''')')
WHERE type = 'table' AND name = 'events';

UPDATE sqlite_schema SET sql =
  'CREATE INDEX jobs_followed ON jobs (created_at)
  WHERE (status = ''created'' OR status = ''queued'' OR status = ''running'' OR status = ''timeout'')
    AND (late_status IS NULL OR late_status = ''created'' OR late_status = ''queued'' OR late_status = ''running'')'
WHERE type = 'index' AND name = 'jobs_followed';

UPDATE sqlite_schema SET sql =
  'CREATE INDEX targets_failed ON targets (decided_at)
  WHERE disposition = ''failed'' OR disposition = ''timeout'' OR disposition = ''expired'' OR disposition = ''unknown'''
WHERE type = 'index' AND name = 'targets_failed';

UPDATE sqlite_schema SET sql =
  'CREATE INDEX events_outside ON events (at)
  WHERE kind = ''clock.stepped'' OR kind = ''clock.held'' OR kind = ''account.unreachable'' OR kind = ''account.throttled''
     OR kind = ''account.blocked'' OR kind = ''account.refused'' OR kind = ''run.refused'' OR kind = ''record.pruned'''
WHERE type = 'index' AND name = 'events_outside';

UPDATE sqlite_schema SET sql = replace(sql,
  'WHERE e.kind IN (''clock.stepped'', ''clock.held'', ''account.unreachable'', ''account.throttled'', ''account.blocked'',
                   ''account.refused'', ''run.refused'', ''record.pruned'')',
  'WHERE e.kind = ''clock.stepped'' OR e.kind = ''clock.held'' OR e.kind = ''account.unreachable'' OR e.kind = ''account.throttled''
     OR e.kind = ''account.blocked'' OR e.kind = ''account.refused'' OR e.kind = ''run.refused'' OR e.kind = ''record.pruned''')
WHERE type = 'view' AND name = 'exceptions';

PRAGMA writable_schema = RESET;

-- A statement that may fail when it has written something keeps the pages as they were, in case only it is to be undone. Where a job is
-- written the whole transaction is.
DROP TRIGGER events_follow_each_other;
CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM events)
BEGIN
  SELECT RAISE(ROLLBACK, 'events are numbered without gaps');
END;

DROP TRIGGER jobs_begin_created;
CREATE TRIGGER jobs_begin_created BEFORE INSERT ON jobs
WHEN NEW.status <> 'created'
BEGIN
  SELECT RAISE(ROLLBACK, 'a job begins as created');
END;

DROP TRIGGER jobs_need_a_pending_target;
CREATE TRIGGER jobs_need_a_pending_target BEFORE INSERT ON jobs
WHEN (SELECT disposition <> 'pending' FROM targets WHERE run = NEW.run AND device_uid = NEW.device_uid)
BEGIN
  SELECT RAISE(ROLLBACK, 'the target of this job is decided');
END;

DROP TRIGGER jobs_status_moves_on;
CREATE TRIGGER jobs_status_moves_on BEFORE UPDATE OF status ON jobs
WHEN OLD.status = 'completed' OR OLD.status = 'failed' OR OLD.status = 'timeout'
  OR NEW.status = 'created' AND OLD.status <> 'created'
  OR NEW.status = 'queued' AND OLD.status = 'running'
BEGIN
  SELECT RAISE(ROLLBACK, 'a job''s status does not go back, and an ended job has none to change');
END;

DROP TRIGGER outputs_of_jobs_are_removed_by_retention;
CREATE TRIGGER outputs_of_jobs_are_removed_by_retention BEFORE UPDATE OF stdout, stderr, outputs_pruned ON jobs
WHEN (OLD.stdout IS NOT NULL AND NEW.stdout IS NULL OR OLD.stderr IS NOT NULL AND NEW.stderr IS NULL
      OR NEW.outputs_pruned IS NOT OLD.outputs_pruned)
 AND NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.created_at < outputs_before)
BEGIN
  SELECT RAISE(ROLLBACK, 'outputs stay with their job');
END;

DROP TRIGGER targets_begin_pending;
CREATE TRIGGER targets_begin_pending BEFORE INSERT ON targets
WHEN NEW.disposition <> 'pending'
BEGIN
  SELECT RAISE(ROLLBACK, 'a target begins pending');
END;

DROP TRIGGER targets_are_frozen_once;
CREATE TRIGGER targets_are_frozen_once BEFORE INSERT ON targets
WHEN (SELECT started_at IS NOT NULL OR finished_at IS NOT NULL FROM runs WHERE id = NEW.run)
BEGIN
  SELECT RAISE(ROLLBACK, 'the targets of this run are frozen');
END;

DROP TRIGGER targets_are_decided_once;
CREATE TRIGGER targets_are_decided_once BEFORE UPDATE OF disposition ON targets
WHEN OLD.disposition <> 'pending'
 AND NOT (OLD.disposition = 'unknown' AND OLD.revised_at IS NULL AND NEW.revised_at IS NOT NULL
          AND NEW.disposition NOT IN ('pending', 'unknown'))
BEGIN
  SELECT RAISE(ROLLBACK, 'a target is decided once');
END;

-- An upsert in a trigger, and a call of a function, may fail too. What a device is called is written only where it has changed, for
-- there is an index of it; and what is done where an unknown target is revised is not looked at where one is decided.
DROP TRIGGER targets_are_covered;
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
CREATE TRIGGER targets_are_covered AFTER UPDATE OF disposition ON targets
WHEN OLD.disposition = 'pending' AND NEW.disposition <> 'pending'
BEGIN
  UPDATE coverage SET
    last_run = NEW.run, last_disposition = NEW.disposition, last_reason = NEW.reason, last_decided_at = NEW.decided_at,
    last_success_at = iif(NEW.disposition IN ('succeeded', 'warning'), NEW.decided_at, last_success_at),
    misses = iif(NEW.disposition IN ('succeeded', 'warning'), 0, misses + 1)
  WHERE runbook = (SELECT runbook FROM runs WHERE id = NEW.run AND revision IS NOT NULL) AND device_uid = NEW.device_uid;
END;

DROP TRIGGER revised_targets_are_covered;
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
