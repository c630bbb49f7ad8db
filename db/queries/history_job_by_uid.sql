SELECT h.*, j.id AS job_id, j.created_at AS created_at_ms, j.queued_at AS queued_at_ms, j.started_at AS started_at_ms,
       j.completed_at AS completed_at_ms
FROM jobs j
JOIN job_history h ON h.job_uid = j.job_uid
WHERE j.job_uid = :uid;
