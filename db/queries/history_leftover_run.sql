-- Two rows are enough to see that a prefix fits several runs.
SELECT run_uid, runbook, revision, scope, account
FROM runs
WHERE run_uid >= :uid AND run_uid < :uid || '~'
ORDER BY run_uid
LIMIT 2;
