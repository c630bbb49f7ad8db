SELECT device_uid, hostname, site_uid, site_name, os, device_type, class, online, suspended, deleted, known_before,
       first_seen_at, last_seen_at, gone_at IS NOT NULL, account
FROM devices;
