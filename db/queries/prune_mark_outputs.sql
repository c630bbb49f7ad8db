UPDATE pruned SET outputs_job = :job;
