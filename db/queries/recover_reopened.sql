-- Since when instants may be undecided because their verdicts were voided: those voided rows count whose last instant
-- had not come by again when the daemon last wrote.
SELECT min(voided_at)
FROM occurrences
WHERE runbook = :runbook AND voided_at IS NOT NULL
  AND nominal_until > (SELECT at FROM events ORDER BY seq DESC LIMIT 1);
