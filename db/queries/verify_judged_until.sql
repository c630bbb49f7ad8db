SELECT max(nominal_until) FROM occurrences WHERE runbook = :runbook AND voided_at IS NULL;
