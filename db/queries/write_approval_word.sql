UPDATE approvals SET state = :state, actor = :actor, note = :note, decided_at = :at WHERE approval_uid = :approval;
