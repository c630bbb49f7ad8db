-- Time: pauses, the zone rules that revisions were resolved with, when a run was to begin, and verdicts that no longer
-- hold because the wall clock has been set back.

ALTER TABLE runs ADD COLUMN starts_at INTEGER;
ALTER TABLE runs ADD COLUMN caught_up INTEGER NOT NULL DEFAULT 0 CHECK (caught_up IN (0, 1));

-- Nothing of this runbook ('': of any) was created from from_at until until_at, or until it was ended before.
CREATE TABLE pauses (
  id       INTEGER PRIMARY KEY,
  runbook  TEXT NOT NULL,
  from_at  INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  actor    TEXT NOT NULL,
  ended_at INTEGER,
  ended_by TEXT,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX pauses_in_force ON pauses (runbook) WHERE ended_at IS NULL;
CREATE INDEX pauses_by_runbook ON pauses (runbook, from_at);

CREATE TRIGGER pauses_end_once BEFORE UPDATE ON pauses
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.id IS NOT OLD.id OR NEW.runbook IS NOT OLD.runbook
  OR NEW.from_at IS NOT OLD.from_at OR NEW.until_at IS NOT OLD.until_at OR NEW.reason IS NOT OLD.reason
  OR NEW.actor IS NOT OLD.actor
BEGIN
  SELECT RAISE(ABORT, 'a pause is ended once and not changed otherwise');
END;

CREATE TRIGGER pauses_are_kept BEFORE DELETE ON pauses
BEGIN
  SELECT RAISE(ABORT, 'pauses stay in the record');
END;

-- The bytes of a TZif file, so that old instants can be computed again when the system has newer rules. Two names of one
-- zone have the same bytes: `name` is the one that was seen first.
CREATE TABLE zone_rules (
  digest         TEXT PRIMARY KEY CHECK (length(digest) = 64),
  name           TEXT NOT NULL,
  tzdata_version TEXT NOT NULL,
  tzif           BLOB NOT NULL,
  first_seen_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER zone_rules_are_never_changed BEFORE UPDATE ON zone_rules
BEGIN
  SELECT RAISE(ABORT, 'zone rules are kept as they were seen');
END;

CREATE TRIGGER zone_rules_are_kept BEFORE DELETE ON zone_rules
BEGIN
  SELECT RAISE(ABORT, 'zone rules stay in the record');
END;

-- Set where the row holds no more: its instants lie ahead again and are judged anew.
ALTER TABLE occurrences ADD COLUMN voided_at INTEGER;

DROP INDEX occurrences_judged_once;
CREATE UNIQUE INDEX occurrences_judged_once ON occurrences (runbook, zone, ifnull(customer, ''), nominal_at)
  WHERE voided_at IS NULL;
DROP INDEX occurrences_by_end;
CREATE INDEX occurrences_by_end ON occurrences (runbook, nominal_until) WHERE voided_at IS NULL;
-- What a start reads of every runbook, among years of rows.
CREATE INDEX occurrences_missed ON occurrences (runbook, nominal_until)
  WHERE verdict = 'missed' AND run IS NULL AND voided_at IS NULL;
CREATE INDEX occurrences_voided ON occurrences (runbook, nominal_until) WHERE voided_at IS NOT NULL;

CREATE TRIGGER occurrences_begin_in_force BEFORE INSERT ON occurrences
WHEN NEW.voided_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a verdict begins in force');
END;

-- A row may grow (neighbours share it), or be voided, once; nothing else of it changes.
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

CREATE TRIGGER occurrences_are_kept BEFORE DELETE ON occurrences
BEGIN
  SELECT RAISE(ABORT, 'verdicts stay in the record');
END;

-- Few, and asked for at every start.
CREATE INDEX events_of_the_clock ON events (seq) WHERE kind = 'clock.synchronised';

DROP VIEW occurrence_history;
CREATE VIEW occurrence_history AS
SELECT o.runbook, o.revision, o.zone, o.customer,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_until / 1000.0, 'unixepoch') AS nominal_until,
       o.count, o.verdict, o.reason, r.run_uid
FROM occurrences o
LEFT JOIN runs r ON r.id = o.run
WHERE o.voided_at IS NULL;

CREATE VIEW pause_history AS
SELECT runbook,
       strftime('%Y-%m-%dT%H:%M:%fZ', from_at / 1000.0, 'unixepoch') AS from_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', until_at / 1000.0, 'unixepoch') AS until_at,
       reason, actor,
       strftime('%Y-%m-%dT%H:%M:%fZ', ended_at / 1000.0, 'unixepoch') AS ended_at,
       ended_by
FROM pauses;
