INSERT INTO request_keys (actor, key, request, run, at)
SELECT :actor, :key, :request, r.id, :at
FROM runs r
WHERE r.run_uid = :run
ON CONFLICT DO NOTHING;
