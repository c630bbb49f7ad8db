SELECT name, digest, tzdata_version, tzif FROM zone_rules ORDER BY digest;
