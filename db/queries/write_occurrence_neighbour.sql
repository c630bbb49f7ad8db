-- Extends the lane's last row where the new verdict continues it; no row where it does not. An instant between the
-- two that has a run will get a row of its own.
UPDATE occurrences SET nominal_until = :until, count = count + :count
WHERE id = (SELECT id FROM occurrences
            WHERE runbook = :runbook AND zone = :zone AND ifnull(customer, '') = :customer AND voided_at IS NULL
            ORDER BY nominal_at DESC LIMIT 1)
  AND run IS NULL AND revision = :revision AND verdict = :verdict AND reason = :reason AND nominal_until < :nominal
  AND NOT EXISTS (SELECT 1 FROM runs r
                  WHERE r.runbook = :runbook AND r."trigger" = 'schedule' AND r.zone = :zone
                    AND ifnull(r.customer, '') = :customer
                    AND r.nominal_at > occurrences.nominal_until AND r.nominal_at < :nominal);
