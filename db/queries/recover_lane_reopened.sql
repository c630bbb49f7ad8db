-- As recover_reopened, of one lane.
SELECT min(voided_at)
FROM occurrences
WHERE runbook = :runbook AND voided_at IS NOT NULL AND zone = :zone AND ifnull(customer, '') = :customer
  AND nominal_until > (SELECT at FROM events ORDER BY seq DESC LIMIT 1);
