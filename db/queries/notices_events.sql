-- What of a part of the trail may have to be told.
SELECT e.seq, e.at, e.kind, e.data,
       ifnull(r.runbook, ifnull(json_extract(e.data, '$.runbook'), '')), ifnull(r.id, 0), ifnull(r.run_uid, '')
FROM events e
LEFT JOIN runs r ON e.subject = 'run' AND r.run_uid = e.subject_uid
WHERE e.seq > :after AND e.seq <= :until AND (e.kind IN ('run.finished', 'run.waiting', 'occurrence.decided')
       OR e.kind = 'approval.requested' AND e.subject = 'approval')
ORDER BY e.seq;
