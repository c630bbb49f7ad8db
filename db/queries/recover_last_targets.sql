-- What the selectors of a run took: its targets, and what its runbook left out for now.
SELECT device_uid
FROM targets
WHERE run = :run
UNION ALL
SELECT device_uid
FROM exclusions
WHERE run = :run AND rule IN ('already_succeeded', 'ramp');
