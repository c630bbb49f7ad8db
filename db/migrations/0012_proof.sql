-- The chain's end, signed from time to time: whoever has the public key sees that no event up to there was changed, even by
-- somebody who can rebuild the whole chain.
CREATE TABLE checkpoints (
  seq        INTEGER PRIMARY KEY,
  hash       TEXT NOT NULL CHECK (length(hash) = 64),
  at         INTEGER NOT NULL,
  key_id     TEXT NOT NULL CHECK (length(key_id) = 16),       -- the beginning of the public key's SHA-256, in hex
  public_key TEXT NOT NULL CHECK (length(public_key) = 64),   -- Ed25519, 32 bytes in hex
  signature  TEXT NOT NULL CHECK (length(signature) = 128)    -- of {"at":…,"hash":"…","seq":…}, 64 bytes in hex
) STRICT;

CREATE TRIGGER checkpoints_are_of_an_event BEFORE INSERT ON checkpoints
WHEN NOT EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq AND hash = NEW.hash AND at = NEW.at)
BEGIN
  SELECT RAISE(ABORT, 'a checkpoint is of an event that is there');
END;

CREATE TRIGGER checkpoints_are_never_changed BEFORE UPDATE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints are append-only');
END;

CREATE TRIGGER checkpoints_are_never_removed BEFORE DELETE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints are append-only');
END;
