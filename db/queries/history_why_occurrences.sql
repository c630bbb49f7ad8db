-- The newest verdict over instants up to then, and of that row the newest instant that it is about.
SELECT o.runbook, o.revision, o.zone, o.customer,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_at / 1000.0, 'unixepoch') AS nominal_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.nominal_until / 1000.0, 'unixepoch') AS nominal_until,
       o.count, o.verdict, o.reason, r.run_uid, min(o.nominal_until, :at) AS instant_ms
FROM occurrences o
LEFT JOIN runs r ON r.id = o.run
WHERE o.runbook = :runbook AND o.voided_at IS NULL AND o.nominal_at <= :at
ORDER BY o.nominal_until DESC
LIMIT 1;
