-- How the run of the same lane ended that was finished before this one.
SELECT b.status
FROM runs r
JOIN runs b ON b.runbook = r.runbook AND b.account = r.account AND b.zone = r.zone
           AND ifnull(b.customer, '') = ifnull(r.customer, '') AND b.finished_at IS NOT NULL
           AND (b.finished_at < r.finished_at OR b.finished_at = r.finished_at AND b.id < r.id)
WHERE r.id = :run AND b.status <> 'cancelled'
ORDER BY b.finished_at DESC, b.id DESC
LIMIT 1;
