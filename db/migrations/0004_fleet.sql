-- The fleet: every device that was ever in the account's list, and how a target was when it was frozen.

-- One row per device, rewritten when something changed. `known_before`: it was in the first list that was ever read, so
-- first_seen_at says when that was, not when the device came.
CREATE TABLE devices (
  device_uid    TEXT PRIMARY KEY,
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
  gone_at       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_gone ON devices (gone_at) WHERE gone_at IS NOT NULL;

CREATE TRIGGER devices_are_first_seen_once BEFORE UPDATE OF device_uid, known_before, first_seen_at ON devices
WHEN NEW.device_uid IS NOT OLD.device_uid OR NEW.known_before IS NOT OLD.known_before
  OR NEW.first_seen_at IS NOT OLD.first_seen_at
BEGIN
  SELECT RAISE(ABORT, 'when a device was first seen does not change');
END;

-- That the first list is recorded whole is an event.
CREATE INDEX events_of_the_fleet ON events (seq) WHERE kind = 'fleet.first_list';

-- How the device was when the targets were frozen; NULL in runs from before these columns.
ALTER TABLE targets ADD COLUMN online INTEGER CHECK (online IN (0, 1));
ALTER TABLE targets ADD COLUMN last_seen_at INTEGER;

CREATE VIEW device_fleet AS
SELECT device_uid, hostname, NULL AS customer, site_uid, site_name, os, device_type, class, online, suspended, deleted,
       strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', last_seen_at / 1000.0, 'unixepoch') AS last_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', gone_at / 1000.0, 'unixepoch') AS gone_at
FROM devices;
