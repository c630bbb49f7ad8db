-- Texts that unfinished runs belong to, and jobs that are followed or searched for, where they are not the newest.
WITH used (runbook, revision) AS (
    SELECT r.runbook, r.revision FROM runs r WHERE r.finished_at IS NULL
    UNION
    SELECT r.runbook, r.revision
    FROM jobs j INDEXED BY jobs_followed
    JOIN runs r ON r.id = j.run
    WHERE (j.status = 'created' OR j.status = 'queued' OR j.status = 'running' OR j.status = 'timeout')
      AND (j.late_status IS NULL OR j.late_status = 'created' OR j.late_status = 'queued' OR j.late_status = 'running')
    UNION
    SELECT r.runbook, r.revision
    FROM jobs j INDEXED BY jobs_lost
    JOIN runs r ON r.id = j.run
    WHERE j.reason = 'unknown_dispatch' AND j.late_status IS NULL
)
SELECT v.runbook, v.revision, v.yaml, v.resolved
FROM used u
JOIN revisions v ON v.runbook = u.runbook AND v.revision = u.revision
WHERE v.revision < (SELECT max(w.revision) FROM revisions w WHERE w.runbook = v.runbook);
