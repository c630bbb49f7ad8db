-- Notices: who is to be told what of the trail, and how far the telling has come.

-- How far the trail has been looked at. What was there before notices were is told to nobody.
CREATE TABLE notice_cursor (
  id  INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO notice_cursor (id, seq) SELECT 1, ifnull(max(seq), 0) FROM events;

CREATE TRIGGER notice_cursor_moves_on BEFORE UPDATE ON notice_cursor
WHEN NEW.seq < OLD.seq
BEGIN
  SELECT RAISE(ABORT, 'the trail is looked at once');
END;

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
CREATE INDEX notices_due ON notices (target, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX notices_done ON notices (ifnull(delivered_at, given_up_at)) WHERE next_at IS NULL;
CREATE INDEX notices_given_up ON notices (target, id) WHERE given_up_at IS NOT NULL;

CREATE TRIGGER notices_are_done_once BEFORE UPDATE ON notices
WHEN OLD.next_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'a notice is delivered or given up once');
END;

-- Which run of its lane was finished before another one.
CREATE INDEX runs_finished_by_lane ON runs (runbook, account, zone, ifnull(customer, ''), finished_at)
  WHERE finished_at IS NOT NULL;

CREATE VIEW notice_history AS
SELECT notice_uid, event, target, per, subject, runbook, run_uid, payload,
       strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
       attempts,
       strftime('%Y-%m-%dT%H:%M:%fZ', next_at / 1000.0, 'unixepoch') AS next_at,
       last_error,
       strftime('%Y-%m-%dT%H:%M:%fZ', delivered_at / 1000.0, 'unixepoch') AS delivered_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', given_up_at / 1000.0, 'unixepoch') AS given_up_at
FROM notices;
