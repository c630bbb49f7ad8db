SELECT digest FROM zone_rules ORDER BY digest;
