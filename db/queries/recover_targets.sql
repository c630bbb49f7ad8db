SELECT device_uid, site_uid, site_name, hostname, wave, disposition
FROM targets
WHERE run = :run
ORDER BY wave, device_uid;
