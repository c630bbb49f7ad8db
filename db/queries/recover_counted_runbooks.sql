-- Runbooks whose outcomes in a row another one's trigger may count: it has the word, and the name, somewhere.
SELECT w.runbook
FROM revisions w
WHERE w.effective_until IS NULL
  AND EXISTS (SELECT 1 FROM revisions v
              WHERE v.effective_until IS NULL AND v.runbook <> w.runbook
                AND (instr(v.yaml, 'consecutive') OR instr(v.resolved, 'consecutive'))
                AND (instr(v.yaml, w.runbook) OR instr(v.resolved, w.runbook)));
