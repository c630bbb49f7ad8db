-- A line that names a filter is left out where the filter is not set.
SELECT * FROM runbook_revisions
WHERE true
  AND runbook = :runbook
  AND effective_from >= :since
  AND effective_from < :until
ORDER BY effective_from DESC, runbook
LIMIT :limit;
