INSERT INTO targets (run, device_uid, site_uid, site_name, hostname, wave)
VALUES (:run, :device, :site_uid, :site_name, :hostname, :wave);
