SELECT id, stdout, stderr FROM jobs WHERE run = :run LIMIT :limit;
