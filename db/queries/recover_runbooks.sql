-- The newest revision of each runbook, the last nominal instant that has a verdict or a run, and whether it has lanes.
SELECT v.runbook, v.revision, v.yaml, v.resolved, v.effective_from, v.effective_until IS NOT NULL AS retired,
       nullif(max(ifnull((SELECT max(nominal_until) FROM occurrences o
                          WHERE o.runbook = v.runbook AND o.voided_at IS NULL), -1),
                  ifnull((SELECT max(nominal_at) FROM runs r
                          WHERE r.runbook = v.runbook AND r."trigger" = 'schedule'), -1)), -1) AS judged_until,
       iif(json_valid(v.resolved), json_type(v.resolved, '$.lanes') IS NOT NULL, 0) AS has_lanes,
       v.account, v.actor
FROM revisions v
WHERE v.revision = (SELECT max(w.revision) FROM revisions w WHERE w.runbook = v.runbook)
ORDER BY v.runbook;
