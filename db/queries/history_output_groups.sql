SELECT * FROM output_groups WHERE run_uid = :run ORDER BY group_no LIMIT :limit;
