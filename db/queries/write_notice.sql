-- One that is there already stays as it is: its event was looked at before.
INSERT INTO notices (notice_uid, event, target, per, subject, runbook, run_uid, payload, created_at, next_at)
VALUES (:uid, :event, :target, :per, :subject, :runbook, nullif(:run, ''), :payload, :at, :at)
ON CONFLICT DO NOTHING;
