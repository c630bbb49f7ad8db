-- Whose jobs `:device` means: a uid in any case, or a hostname.
SELECT d.device_uid
FROM (SELECT :device AS device_uid UNION SELECT lower(:device)
      UNION SELECT device_uid FROM device_names WHERE hostname = :device COLLATE NOCASE) d
WHERE EXISTS (SELECT 1 FROM jobs j WHERE j.device_uid = d.device_uid);
