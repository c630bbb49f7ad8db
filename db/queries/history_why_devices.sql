-- By uid or hostname: those that were ever in an account's list, each once (of several accounts' the one that has it, or
-- had it last), and those that only runs of the runbook know.
SELECT device_uid, hostname, site_name, iif(known_before, NULL, strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_at / 1000.0,
       'unixepoch')) AS first_seen_at, strftime('%Y-%m-%dT%H:%M:%fZ', gone_at / 1000.0, 'unixepoch') AS gone_at
FROM devices d
WHERE (device_uid = :device COLLATE NOCASE OR hostname = :device COLLATE NOCASE)
  AND NOT EXISTS (SELECT 1 FROM devices o
                  WHERE o.device_uid = d.device_uid AND o.account <> d.account
                    AND (ifnull(o.gone_at, 1e15) > ifnull(d.gone_at, 1e15)
                         OR ifnull(o.gone_at, 1e15) = ifnull(d.gone_at, 1e15) AND o.account < d.account))
UNION ALL
SELECT device_uid, hostname, site_name, NULL, NULL FROM coverage c
WHERE runbook = :runbook AND (device_uid = :device COLLATE NOCASE OR hostname = :device COLLATE NOCASE)
  AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.device_uid = c.device_uid)
ORDER BY hostname, device_uid
LIMIT 11;
