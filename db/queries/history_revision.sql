SELECT v.*, r.resolved
FROM revisions r
JOIN runbook_revisions v ON v.runbook = r.runbook AND v.revision = r.revision
WHERE r.runbook = :runbook
  AND r.revision = :revision
ORDER BY r.revision DESC
LIMIT 1;
