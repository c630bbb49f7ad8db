SELECT DISTINCT t.hostname FROM runs r JOIN targets t ON t.run = r.id WHERE r.run_uid = :run;
