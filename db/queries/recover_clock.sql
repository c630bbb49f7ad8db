-- Whether the kernel's clock was ever seen synchronised.
SELECT EXISTS (SELECT 1 FROM events INDEXED BY events_of_the_clock WHERE kind = 'clock.synchronised')
    OR EXISTS (SELECT 1 FROM pruned_facts WHERE kind = 'clock.synchronised');
