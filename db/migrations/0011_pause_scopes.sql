-- Pauses of customers, devices and components, beside those of runbooks and of everything.
DROP VIEW pause_history;
DROP INDEX pauses_by_runbook;
DROP INDEX pauses_in_force;
-- '' is everything, a name without a colon a runbook; else "customer:NAME", "device:UID" or "component:UID".
ALTER TABLE pauses RENAME COLUMN runbook TO scope;
CREATE INDEX pauses_by_scope ON pauses (scope, from_at);
CREATE UNIQUE INDEX pauses_in_force ON pauses (scope) WHERE ended_at IS NULL;

CREATE VIEW pause_history AS
SELECT iif(instr(scope, ':') = 0, scope, NULL) AS runbook,
       strftime('%Y-%m-%dT%H:%M:%fZ', from_at / 1000.0, 'unixepoch') AS from_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', until_at / 1000.0, 'unixepoch') AS until_at,
       reason, actor,
       strftime('%Y-%m-%dT%H:%M:%fZ', ended_at / 1000.0, 'unixepoch') AS ended_at,
       ended_by,
       iif(substr(scope, 1, 9) = 'customer:', substr(scope, 10), NULL) AS customer,
       iif(substr(scope, 1, 7) = 'device:', substr(scope, 8), NULL) AS device_uid,
       iif(substr(scope, 1, 10) = 'component:', substr(scope, 11), NULL) AS component_uid,
       scope
FROM pauses;
