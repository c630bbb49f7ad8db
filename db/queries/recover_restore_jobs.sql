-- The jobs with uids from that one on.
SELECT job_uid FROM jobs WHERE job_uid >= :first;
