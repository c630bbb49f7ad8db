-- What a start asks the trail for.
INSERT OR IGNORE INTO pruned_facts (kind, subject_uid)
SELECT kind, subject_uid FROM events
WHERE seq BETWEEN :from AND :to AND kind IN ('fleet.first_list', 'clock.synchronised');
