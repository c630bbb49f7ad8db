-- Accounts: several are served by one daemon and recorded in one store. Until now there was one, and all that is here is
-- its: the newest note about the daemon names it.

-- '': of before, in a store that no daemon has served.
ALTER TABLE revisions ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE revisions SET account =
  ifnull((SELECT subject_uid FROM events WHERE subject = 'daemon' ORDER BY seq DESC LIMIT 1),
         ifnull((SELECT account FROM runs ORDER BY id DESC LIMIT 1), ''));

-- Whose list of sites said so last.
ALTER TABLE site_customers ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE site_customers SET account =
  ifnull((SELECT subject_uid FROM events WHERE subject = 'daemon' ORDER BY seq DESC LIMIT 1), '');

-- One row per device and account: what is gone from one account's list may be in another's.
DROP VIEW device_fleet;
CREATE TABLE devices_of_accounts (
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
INSERT INTO devices_of_accounts (device_uid, account, hostname, site_uid, site_name, os, device_type, class, online,
                                 suspended, deleted, known_before, first_seen_at, last_seen_at, gone_at)
SELECT device_uid, ifnull((SELECT subject_uid FROM events WHERE subject = 'daemon' ORDER BY seq DESC LIMIT 1), ''),
       hostname, site_uid, site_name, os, device_type, class, online, suspended, deleted, known_before, first_seen_at,
       last_seen_at, gone_at
FROM devices;
DROP TABLE devices;
ALTER TABLE devices_of_accounts RENAME TO devices;
CREATE INDEX devices_gone ON devices (gone_at) WHERE gone_at IS NOT NULL;

CREATE TRIGGER devices_are_first_seen_once BEFORE UPDATE OF device_uid, account, known_before, first_seen_at ON devices
WHEN NEW.device_uid IS NOT OLD.device_uid OR NEW.account IS NOT OLD.account
  OR NEW.known_before IS NOT OLD.known_before OR NEW.first_seen_at IS NOT OLD.first_seen_at
BEGIN
  SELECT RAISE(ABORT, 'when a device was first seen does not change');
END;

-- A device that is gone from one account is left out where another has it, or had it longer.
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

-- The guard compares runs of one account.
DROP INDEX runs_compared;
CREATE INDEX runs_compared ON runs (runbook, account, zone, ifnull(customer, ''), id)
  WHERE started_at IS NOT NULL AND narrowed = 0 AND status <> 'aborted';
