-- The next jobs, in the order in which they were created.
SELECT id, created_at, stdout, stderr FROM jobs WHERE id > :after ORDER BY id LIMIT :limit;
