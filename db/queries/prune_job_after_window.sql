DELETE FROM jobs_after_window WHERE job = :job;
