SELECT device_uid, site_uid, site_name, hostname, wave, disposition, ifnull(online, 0), last_seen_at,
       (SELECT ifnull(max(j.attempt), 0) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid
          AND j.step = ifnull(json_array_length(t.steps_ended), 0) + 1),
       ifnull(customer, ''),
       (SELECT count(*) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid
          AND j.step = ifnull(json_array_length(t.steps_ended), 0) + 1
          AND NOT (j.status = 'failed' AND j.reason IN ('not_sent', 'offline'))),
       retry_at, ifnull(retry_disposition, ''), ifnull(retry_reason, ''),
       steps_ended, step_at,
       iif(steps_ended IS NULL, NULL,
           (SELECT max(j.created_at) FROM jobs j WHERE j.run = t.run AND j.device_uid = t.device_uid))
FROM targets t
WHERE run = :run
ORDER BY wave, device_uid;
