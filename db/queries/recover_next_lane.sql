-- Lanes of the runbook after (:zone, :customer) that have a verdict or a run, the first of them among them: a step into each
-- index, however many rows a lane has. Not in order: sorting four rows would cost more than finding them.
SELECT * FROM (SELECT zone, ifnull(customer, '') FROM occurrences
               WHERE runbook = :runbook AND voided_at IS NULL AND zone = :zone AND ifnull(customer, '') > :customer
               ORDER BY ifnull(customer, '') LIMIT 1)
UNION ALL
SELECT * FROM (SELECT zone, ifnull(customer, '') FROM occurrences
               WHERE runbook = :runbook AND voided_at IS NULL AND zone > :zone
               ORDER BY zone, ifnull(customer, '') LIMIT 1)
UNION ALL
SELECT * FROM (SELECT zone, ifnull(customer, '') FROM runs
               WHERE runbook = :runbook AND "trigger" = 'schedule' AND zone = :zone AND ifnull(customer, '') > :customer
               ORDER BY ifnull(customer, '') LIMIT 1)
UNION ALL
SELECT * FROM (SELECT zone, ifnull(customer, '') FROM runs
               WHERE runbook = :runbook AND "trigger" = 'schedule' AND zone > :zone
               ORDER BY zone, ifnull(customer, '') LIMIT 1);
