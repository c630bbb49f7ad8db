SELECT DISTINCT runbook FROM revisions ORDER BY runbook;
