-- Runs that ended before the horizon, their targets and jobs, and verdicts: as far as nothing newer needs them.
SELECT count(*), ifnull(sum(targets), 0), ifnull(sum((SELECT count(*) FROM jobs j WHERE j.run = r.id)), 0),
       (SELECT count(*) FROM occurrences WHERE nominal_until < :history)
FROM runs r
WHERE finished_at < :history;
