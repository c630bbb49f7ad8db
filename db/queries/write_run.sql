INSERT INTO runs (run_uid, runbook, revision, account, zone, "trigger", actor, note, scope, nominal_at, window_end,
                  planned_at, status)
VALUES (:run, :runbook, :revision, :account, :zone, :trigger, :actor, :note, :scope, :nominal_at, :window_end, :at,
        'planned');
