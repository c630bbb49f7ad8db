-- Jobs made since then, by their uids, which begin with their time.
SELECT count(*) FROM jobs WHERE job_uid >= :since;
