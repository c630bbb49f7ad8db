-- Extends the schedule's last row where the new verdict continues it; no row where it does not.
UPDATE occurrences SET nominal_until = :until, count = count + :count
WHERE id = (SELECT id FROM occurrences
            WHERE runbook = :runbook AND zone = :zone AND ifnull(customer, '') = ''
            ORDER BY nominal_at DESC LIMIT 1)
  AND run IS NULL AND revision = :revision AND verdict = :verdict AND reason = :reason AND nominal_until < :nominal;
