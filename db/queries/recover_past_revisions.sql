-- Revisions that have ended, of runbooks whose newest may have triggers: the newest of each first.
SELECT v.runbook, v.yaml, v.resolved, v.effective_from, v.effective_until
FROM revisions v
WHERE v.effective_until > :since
  AND EXISTS (SELECT 1 FROM revisions n
              WHERE n.runbook = v.runbook AND n.effective_until IS NULL
                AND (instr(n.yaml, 'triggers') OR instr(n.resolved, 'triggers')))
ORDER BY v.runbook, v.revision DESC;
