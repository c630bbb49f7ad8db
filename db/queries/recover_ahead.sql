-- Verdicts over instants after :from, where the clock was set back to, and runs of such instants that have no verdict
-- yet; oldest first.
SELECT nominal_at, nominal_until, verdict = 'missed' AND run IS NULL AS missed_without_run, reason, revision
FROM occurrences
WHERE runbook = :runbook AND nominal_until > :from AND voided_at IS NULL
UNION ALL
SELECT nominal_at, nominal_at, 0, '', revision
FROM runs r
WHERE r.runbook = :runbook AND r."trigger" = 'schedule' AND r.nominal_at > :from
  AND NOT EXISTS (SELECT 1 FROM occurrences o
                  WHERE o.runbook = r.runbook AND o.nominal_until >= r.nominal_at AND o.voided_at IS NULL
                    AND o.run = r.id)
ORDER BY 1;
