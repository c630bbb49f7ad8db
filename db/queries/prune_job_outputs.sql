UPDATE jobs SET stdout = NULL, stderr = NULL, outputs_pruned = 1 WHERE id = :job;
