-- The text in force ends; no row where there is none.
UPDATE revisions SET effective_until = :at
WHERE runbook = :runbook AND effective_until IS NULL
RETURNING revision;
