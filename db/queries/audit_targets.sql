-- Each target with what the events say of it.
SELECT r.run_uid || '/' || t.device_uid AS subject, e.seq AS seq, e.kind AS kind, e.data AS event_data,
       e.at AS event_at,
       e.actor AS event_actor, r.planned_at AS begun_at,
       iif(t.disposition = 'pending', '', t.disposition) AS disposition, t.reason AS reason,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.decided_at / 1000.0, 'unixepoch') AS decided_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.revised_at / 1000.0, 'unixepoch') AS revised_at,
       t.steps_ended AS steps_ended,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.step_at / 1000.0, 'unixepoch') AS step_at
FROM runs r
CROSS JOIN targets t ON t.run = r.id
LEFT JOIN events e ON e.subject_uid = r.run_uid || '/' || t.device_uid
  AND e.kind IN ('target.decided', 'target.revised', 'target.stepped')
ORDER BY r.id, t.device_uid, e.seq;
