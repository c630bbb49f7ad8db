DELETE FROM request_keys WHERE run = :run;
