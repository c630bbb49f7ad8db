DELETE FROM targets WHERE run = :run
  AND device_uid IN (SELECT device_uid FROM targets WHERE run = :run ORDER BY device_uid LIMIT :limit);
