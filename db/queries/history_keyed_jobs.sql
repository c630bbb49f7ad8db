SELECT k.id, k.key AS idempotency_key, r.run_uid, j.job_uid, j.device_uid, j.component_uid, j.created_at AS created_at_ms
FROM request_keys k
JOIN runs r ON r.id = k.run
JOIN jobs j ON j.id = (SELECT min(id) FROM jobs WHERE run = k.run)
WHERE k.actor = :actor AND k.at >= :since AND k.id > :after
ORDER BY k.id
LIMIT :limit;
