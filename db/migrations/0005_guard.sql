-- Rules that a person set aside for a run, and which runs took all that their runbook selects: the guard compares with the
-- last of those.

-- {"rules": [...], "reason": "..."}; {}: none.
ALTER TABLE runs ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}' CHECK (json_type(overrides) = 'object');
-- A person chose some of its targets.
ALTER TABLE runs ADD COLUMN narrowed INTEGER NOT NULL DEFAULT 0 CHECK (narrowed IN (0, 1));
UPDATE runs SET narrowed = 1
WHERE json_extract(scope, '$.devices') IS NOT NULL OR json_extract(scope, '$.sites') IS NOT NULL;

CREATE INDEX runs_compared ON runs (runbook, zone, ifnull(customer, ''), id)
  WHERE started_at IS NOT NULL AND narrowed = 0 AND status <> 'aborted';
