-- Whether the first list of the account's devices is recorded whole.
SELECT EXISTS (SELECT 1 FROM events INDEXED BY events_of_the_fleet WHERE kind = 'fleet.first_list')
    OR EXISTS (SELECT 1 FROM pruned_facts WHERE kind = 'fleet.first_list');
