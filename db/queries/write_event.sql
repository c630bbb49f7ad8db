-- One more line of the audit trail.
INSERT OR ROLLBACK INTO events (seq, at, subject, subject_uid, kind, actor, data, hash)
VALUES (:seq, :at, :subject, :subject_uid, :kind, :actor, :data, :hash);
