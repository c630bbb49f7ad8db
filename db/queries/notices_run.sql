-- The run of a notice.
SELECT * FROM run_history WHERE run_uid = :run;
