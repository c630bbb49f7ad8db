SELECT device_uid
FROM targets
WHERE run = :run;
