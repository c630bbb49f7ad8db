-- The newest that took effect by then, and the first ever: what to say where there is none yet, or none any more.
SELECT v.*, r.effective_from <= :at AND ifnull(r.effective_until > :at, 1) AS is_in_force
FROM revisions r
JOIN runbook_revisions v ON v.runbook = r.runbook AND v.revision = r.revision
WHERE r.runbook = :runbook
  AND r.revision IN ((SELECT max(n.revision) FROM revisions n WHERE n.runbook = :runbook AND n.effective_from <= :at),
                     (SELECT min(f.revision) FROM revisions f WHERE f.runbook = :runbook))
ORDER BY r.revision DESC;
