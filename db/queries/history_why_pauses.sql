-- That held for the runbook, the device or its customer.
SELECT v.* FROM pauses p
JOIN pause_history v ON v.scope = p.scope
WHERE p.scope IN ('', :runbook, 'device:' || :device,
                  'customer:' || (SELECT s.customer FROM devices d JOIN site_customers s ON s.site_uid = d.site_uid
                                  WHERE d.device_uid = :device LIMIT 1))
  AND p.from_at <= :instant AND ifnull(p.ended_at, p.until_at) > :instant
  AND v.from_at = strftime('%Y-%m-%dT%H:%M:%fZ', p.from_at / 1000.0, 'unixepoch')
ORDER BY p.from_at DESC
LIMIT 10;
