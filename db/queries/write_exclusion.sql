-- A device that the same rule keeps out twice (it moved between two pages of a list) is one row.
INSERT INTO exclusions (run, device_uid, hostname, site_name, rule, reason)
VALUES (:run, :device, :hostname, :site_name, :rule, :reason)
ON CONFLICT DO NOTHING;
