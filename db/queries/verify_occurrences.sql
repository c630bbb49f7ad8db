-- Verdicts in force over (:from, :until], with what their runs did, in order.
SELECT o.revision, o.zone, o.nominal_at, o.nominal_until, o.count, o.verdict, o.reason, r.run_uid, r.nominal_at,
       r.starts_at, r.started_at, ifnull(o.customer, '')
FROM occurrences o
LEFT JOIN runs r ON r.id = o.run
WHERE o.runbook = :runbook AND o.nominal_until > :from AND o.nominal_at <= :until AND o.voided_at IS NULL
ORDER BY o.nominal_at, o.id
LIMIT :limit;
