-- A device's jobs in the order in which lists show them: a page takes as many rows as it has, however many jobs there are.
DROP INDEX jobs_by_device;
CREATE INDEX jobs_by_device ON jobs (device_uid, job_uid);
