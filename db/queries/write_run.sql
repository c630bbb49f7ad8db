INSERT INTO runs (run_uid, group_uid, runbook, revision, account, customer, zone, "trigger", cause_uid, actor, note, scope,
                  overrides, narrowed, nominal_at, starts_at, window_end, caught_up, planned_at, status)
VALUES (:run, :group, :runbook, :revision, :account, nullif(:customer, ''), :zone, :trigger, :cause_uid, :actor, :note, :scope,
        :overrides, :narrowed,
        :nominal_at, :starts_at, :window_end, :caught_up, :at, 'planned');
