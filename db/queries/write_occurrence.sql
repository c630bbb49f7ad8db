INSERT INTO occurrences (runbook, revision, zone, customer, nominal_at, nominal_until, count, verdict, reason, run, decided_at)
VALUES (:runbook, :revision, :zone, nullif(:customer, ''), :nominal, :until, :count, :verdict, :reason,
        (SELECT id FROM runs WHERE run_uid = :run), :at);
