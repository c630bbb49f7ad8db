DELETE FROM jobs WHERE id = :job;
