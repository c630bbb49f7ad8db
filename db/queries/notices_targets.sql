-- The targets of a run that may have a notice of their own; of each disposition the first :most.
SELECT l.*
FROM (SELECT device_uid, row_number() OVER (PARTITION BY disposition ORDER BY hostname, device_uid) AS place
      FROM targets
      WHERE run = :run AND disposition IN ('failed', 'timeout', 'expired', 'halted', 'unknown')) t
JOIN target_ledger l ON l.run_uid = :run_uid AND l.device_uid = t.device_uid
WHERE t.place <= :most
ORDER BY l.hostname, l.device_uid;
