-- The accounts whose first list of devices is recorded whole.
SELECT subject_uid FROM events INDEXED BY events_of_the_fleet WHERE kind = 'fleet.first_list'
UNION
SELECT subject_uid FROM pruned_facts WHERE kind = 'fleet.first_list';
