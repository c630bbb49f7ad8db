SELECT device_uid, site_uid, site_name, hostname, wave, disposition, ifnull(online, 0), last_seen_at,
       ifnull(customer, '')
FROM targets
WHERE run = :run
ORDER BY wave, device_uid;
