-- Waves of a run: which began last, and until when the next one waits (why, its reason says while its status is
-- `waiting`). How many of its targets may fail before it is `failed`.
ALTER TABLE runs ADD COLUMN wave INTEGER NOT NULL DEFAULT 1;
ALTER TABLE runs ADD COLUMN waits_until INTEGER;
ALTER TABLE runs ADD COLUMN tolerated INTEGER NOT NULL DEFAULT 0;

-- A target whose job has ended and that is to have another: not before when, and its word, should it get none.
ALTER TABLE targets ADD COLUMN retry_at INTEGER;
ALTER TABLE targets ADD COLUMN retry_disposition TEXT;
ALTER TABLE targets ADD COLUMN retry_reason TEXT;
