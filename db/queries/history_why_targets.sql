SELECT v.* FROM runs r
JOIN targets t ON t.run = r.id AND t.device_uid = :device
JOIN target_ledger v ON v.run_uid = r.run_uid AND v.device_uid = t.device_uid
WHERE r.run_uid = :run;
