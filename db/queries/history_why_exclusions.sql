SELECT v.* FROM target_exclusions v
WHERE v.run_uid = :run AND v.device_uid = :device
ORDER BY v.rule;
