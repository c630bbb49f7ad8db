DELETE FROM collected WHERE job = :job;
