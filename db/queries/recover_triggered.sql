-- Runs that triggers started, oldest first; those of alerts are remembered longer.
SELECT run_uid, runbook, "trigger", scope, planned_at, succeeded > 0, account
FROM runs INDEXED BY runs_triggered
WHERE "trigger" IN ('alert', 'outcome', 'online', 'discovered') AND planned_at > :alerts_since
  AND ("trigger" = 'alert' OR planned_at > :since)
ORDER BY planned_at, id;
