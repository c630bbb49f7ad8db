UPDATE devices
SET hostname = :hostname, site_uid = :site_uid, site_name = :site_name, os = :os, device_type = :device_type,
    class = :class, online = :online, suspended = :suspended, deleted = :deleted, last_seen_at = :last_seen_at,
    gone_at = NULL
WHERE device_uid = :device AND account = :account;
