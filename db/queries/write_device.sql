INSERT INTO devices (device_uid, account, hostname, site_uid, site_name, os, device_type, class, online, suspended,
                     deleted, known_before, first_seen_at, last_seen_at)
VALUES (:device, :account, :hostname, :site_uid, :site_name, :os, :device_type, :class, :online, :suspended, :deleted,
        :known_before, :first_seen_at, :last_seen_at);
