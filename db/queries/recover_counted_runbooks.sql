-- Runbooks whose outcomes in a row another one's trigger may count: it has the word, and the name, somewhere. Those that
-- have the word are few, and gathered first.
WITH counting AS MATERIALIZED (
  SELECT runbook, yaml, resolved
  FROM revisions
  WHERE effective_until IS NULL AND (instr(yaml, 'consecutive') OR instr(resolved, 'consecutive')))
SELECT DISTINCT w.runbook
FROM counting v
JOIN revisions w ON w.effective_until IS NULL AND w.runbook <> v.runbook
                AND (instr(v.yaml, w.runbook) OR instr(v.resolved, w.runbook));
