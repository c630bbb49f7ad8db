-- The pause in force ends; no row where there is none.
UPDATE pauses SET ended_at = :at, ended_by = :actor
WHERE scope = :scope AND ended_at IS NULL;
