-- What people are asked to approve, and what they say: of a run whose targets are frozen, or, ahead of one, of the plan of
-- an instant that is still to come.
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
CREATE INDEX approvals_by_run ON approvals (run) WHERE run IS NOT NULL;
CREATE INDEX approvals_to_come ON approvals (id) WHERE run IS NULL AND state <> 'voided';
CREATE INDEX approvals_voided ON approvals (decided_at) WHERE run IS NULL AND state = 'voided';

CREATE TRIGGER approvals_are_removed_by_retention BEFORE DELETE ON approvals
WHEN NOT EXISTS (SELECT 1 FROM pruning p LEFT JOIN runs r ON r.id = OLD.run
                 WHERE iif(OLD.run IS NULL, OLD.decided_at, r.finished_at) < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'an approval leaves the record by retention');
END;

-- state: asked, approved, rejected; voided: no run came of what was asked ahead; lapsed: its run is over, and nobody had said
-- anything.
CREATE VIEW approval_history AS
SELECT a.approval_uid, r.run_uid, a.runbook, a.revision, a.account, a.customer, a.zone,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.requested_at / 1000.0, 'unixepoch') AS requested_at,
       a.component_uid, a.component_name, a.devices, a.plan_sha256,
       iif(a.state = 'asked' AND r.finished_at IS NOT NULL, 'lapsed', a.state) AS state, a.actor, a.note,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM approvals a
LEFT JOIN runs r ON r.id = a.run;

CREATE VIEW approval_devices AS
SELECT a.approval_uid, r.run_uid, a.runbook, d.value AS device_uid,
       (SELECT f.hostname FROM devices f WHERE f.device_uid = d.value AND f.account = a.account) AS hostname
FROM approvals a
JOIN json_each(a.plan) d
LEFT JOIN runs r ON r.id = a.run;
