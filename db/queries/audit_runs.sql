-- Each run with what the events say of it: the first seven columns name row and event, the others are compared by name.
SELECT r.run_uid AS subject, e.seq AS seq, e.kind AS kind, e.data AS event_data, e.at AS event_at,
       e.actor AS event_actor, r.planned_at AS begun_at,
       r.runbook AS runbook, r.revision AS revision, r.account AS account, r.zone AS zone, r."trigger" AS "trigger",
       r.cause_uid AS cause_uid, r.customer AS customer, r.group_uid AS group_uid, r.note AS note, r.actor AS actor,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.window_end / 1000.0, 'unixepoch') AS window_end,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.started_at / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.finished_at / 1000.0, 'unixepoch') AS finished_at,
       iif(r.finished_at IS NULL, '', r.status) AS status, iif(r.finished_at IS NULL, '', r.reason) AS reason,
       iif(r.started_at IS NULL AND r.finished_at IS NULL, '', r.targets) AS targets,
       iif(r.finished_at IS NULL, '', r.succeeded) AS succeeded, iif(r.finished_at IS NULL, '', r.warning) AS warning,
       iif(r.finished_at IS NULL, '', r.failed) AS failed, iif(r.finished_at IS NULL, '', r.timeout) AS timeout,
       iif(r.finished_at IS NULL, '', r.expired) AS expired, iif(r.finished_at IS NULL, '', r.skipped) AS skipped,
       iif(r.finished_at IS NULL, '', r.halted) AS halted, iif(r.finished_at IS NULL, '', r.cancelled) AS cancelled,
       iif(r.finished_at IS NULL, '', r.unknown) AS unknown
FROM runs r
LEFT JOIN events e ON e.subject_uid = r.run_uid
  AND e.kind IN ('run.planned', 'run.started', 'run.finished', 'run.revised')
ORDER BY r.id, e.seq;
