DELETE FROM exclusions WHERE run = :run
  AND device_uid IN (SELECT device_uid FROM exclusions WHERE run = :run ORDER BY device_uid LIMIT :limit);
