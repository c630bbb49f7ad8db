-- Two names of one zone have the same bytes: the first is kept.
INSERT INTO zone_rules (digest, name, tzdata_version, tzif, first_seen_at)
VALUES (:digest, :name, :tzdata_version, :tzif, :at)
ON CONFLICT DO NOTHING;
