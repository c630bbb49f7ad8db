UPDATE devices SET gone_at = :at, online = 0 WHERE device_uid = :device AND account = :account AND gone_at IS NULL;
