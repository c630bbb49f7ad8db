-- The jobs that the activity log showed, and the store did not know, since that event.
SELECT subject_uid FROM events WHERE seq > :since AND kind = 'job.found_after_restore';
