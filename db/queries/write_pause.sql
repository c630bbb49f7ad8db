INSERT INTO pauses (runbook, from_at, until_at, reason, actor)
VALUES (:runbook, :at, :until, :reason, :actor);
