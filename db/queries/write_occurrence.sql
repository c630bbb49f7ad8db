INSERT INTO occurrences (runbook, revision, zone, nominal_at, nominal_until, count, verdict, reason, run, decided_at)
VALUES (:runbook, :revision, :zone, :nominal, :until, :count, :verdict, :reason,
        (SELECT id FROM runs WHERE run_uid = :run), :at);
