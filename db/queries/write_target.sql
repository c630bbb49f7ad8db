INSERT OR ROLLBACK INTO targets (run, device_uid, site_uid, site_name, hostname, wave, online, last_seen_at, customer)
VALUES (:run, :device, :site_uid, :site_name, :hostname, :wave, :online, :last_seen_at,
        nullif(:customer, ''));
