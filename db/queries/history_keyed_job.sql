SELECT k.key AS idempotency_key, k.request, r.run_uid, r.finished_at AS finished_at_ms, t.reason, j.job_uid, j.device_uid,
       j.component_uid, j.created_at AS created_at_ms
FROM request_keys k
JOIN runs r ON r.id = k.run
LEFT JOIN targets t ON t.run = k.run
LEFT JOIN jobs j ON j.id = (SELECT min(id) FROM jobs WHERE run = k.run)
WHERE k.actor = :actor AND k.key = :key;
