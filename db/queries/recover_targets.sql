SELECT device_uid, site_uid, site_name, hostname, wave, disposition, ifnull(online, 0), last_seen_at,
       (SELECT ifnull(max(j.attempt), 0) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid AND j.step = 1),
       ifnull(customer, ''),
       (SELECT count(*) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid AND j.step = 1
          AND NOT (j.status = 'failed' AND j.reason IN ('not_sent', 'offline'))),
       retry_at, ifnull(retry_disposition, ''), ifnull(retry_reason, '')
FROM targets t
WHERE run = :run
ORDER BY wave, device_uid;
