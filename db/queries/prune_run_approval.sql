DELETE FROM approvals WHERE run = :run;
