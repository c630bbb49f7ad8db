INSERT INTO pauses (scope, from_at, until_at, reason, actor)
VALUES (:scope, :at, :until, :reason, :actor);
