SELECT seq, at, subject, subject_uid, kind, actor, data, hash FROM events ORDER BY seq;
