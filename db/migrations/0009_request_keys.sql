-- Idempotency keys of quick jobs: which run a request started, so that the same request again starts nothing, after a
-- restart too.
CREATE TABLE request_keys (
  id      INTEGER PRIMARY KEY,
  actor   TEXT NOT NULL,
  key     TEXT NOT NULL CHECK (key <> ''),
  request TEXT NOT NULL,  -- SHA-256 of what was asked for, in hex
  run     INTEGER NOT NULL UNIQUE REFERENCES runs (id),
  at      INTEGER NOT NULL,
  UNIQUE (actor, key)
) STRICT;
CREATE INDEX request_keys_by_time ON request_keys (actor, at);
