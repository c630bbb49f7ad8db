-- Texts that unfinished runs belong to, where they are not the newest.
SELECT v.runbook, v.revision, v.yaml, v.resolved
FROM revisions v
WHERE EXISTS (SELECT 1 FROM runs r
              WHERE r.finished_at IS NULL AND r.runbook = v.runbook AND r.revision = v.revision)
  AND v.revision < (SELECT max(w.revision) FROM revisions w WHERE w.runbook = v.runbook);
