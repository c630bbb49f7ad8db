-- A row that spans :after is void as a whole: what of it stays missed is written anew.
UPDATE occurrences SET voided_at = :at
WHERE runbook = :runbook AND zone = :zone AND ifnull(customer, '') = :customer AND voided_at IS NULL
  AND nominal_until > :after AND verdict = 'missed' AND run IS NULL;
