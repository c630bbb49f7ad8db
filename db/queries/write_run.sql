INSERT INTO runs (run_uid, runbook, revision, account, zone, "trigger", cause_uid, actor, note, scope, overrides, narrowed,
                  nominal_at, starts_at, window_end, caught_up, planned_at, status)
VALUES (:run, :runbook, :revision, :account, :zone, :trigger, :cause_uid, :actor, :note, :scope, :overrides, :narrowed,
        :nominal_at, :starts_at, :window_end, :caught_up, :at, 'planned');
