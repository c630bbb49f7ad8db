-- How the finished runs of each group ended that may have more to come: the newest ones.
SELECT group_uid, sum(failed + timeout + unknown), sum(targets)
FROM runs
WHERE id > (SELECT ifnull(max(id), 0) FROM runs) - 20000
  AND group_uid <> '' AND finished_at > :since
GROUP BY group_uid;
