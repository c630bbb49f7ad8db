SELECT status FROM jobs WHERE job_uid = :job;
