SELECT id FROM runs WHERE run_uid = :run;
