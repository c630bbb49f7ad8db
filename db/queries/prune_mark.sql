SELECT outputs_job, history_before FROM pruned;
