-- How many jobs each account has had since then, by their uids, which begin with their time.
SELECT r.account, count(*)
FROM jobs j
JOIN runs r ON r.id = j.run
WHERE j.job_uid >= :since
GROUP BY r.account;
