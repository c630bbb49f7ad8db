UPDATE approvals SET run = (SELECT id FROM runs WHERE run_uid = :run) WHERE approval_uid = :approval AND run IS NULL;
