-- The last nominal instant of one lane that has a verdict or a run.
SELECT nullif(max(
  ifnull((SELECT nominal_until FROM occurrences
          WHERE runbook = :runbook AND zone = :zone AND ifnull(customer, '') = :customer AND voided_at IS NULL
          ORDER BY nominal_at DESC LIMIT 1), -1),
  ifnull((SELECT max(nominal_at) FROM runs
          WHERE runbook = :runbook AND "trigger" = 'schedule' AND zone = :zone AND ifnull(customer, '') = :customer), -1)),
  -1);
