-- The newest run that had begun, or was to begin, by then.
SELECT h.*, json_type(r.scope, '$.devices') IS NOT NULL OR json_type(r.scope, '$.sites') IS NOT NULL AS is_narrowed,
       ifnull(r.nominal_at, ifnull(r.started_at, ifnull(r.starts_at, r.planned_at))) AS begun_ms
FROM runs r
JOIN run_history h ON h.run_uid = r.run_uid
WHERE r.runbook = :runbook AND ifnull(r.nominal_at, ifnull(r.starts_at, r.planned_at)) <= :at
ORDER BY r.run_uid DESC
LIMIT 1;
