INSERT INTO collected (job, row_no, data) SELECT id, :row_no, :data FROM jobs WHERE job_uid = :job;
