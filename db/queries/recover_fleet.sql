-- The accounts whose first list of devices is recorded whole.
SELECT DISTINCT subject_uid FROM events INDEXED BY events_of_the_fleet WHERE kind = 'fleet.first_list';
