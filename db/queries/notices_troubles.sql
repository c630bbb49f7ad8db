-- Targets that do not take their notices: how many wait that were tried, since when, and how many were given up since the
-- last that arrived.
SELECT target, sum(next_at IS NOT NULL AND attempts > 0), min(iif(next_at IS NOT NULL AND attempts > 0, created_at, NULL)),
       sum(given_up_at IS NOT NULL
           AND id > ifnull((SELECT max(d.id) FROM notices d WHERE d.target = n.target AND d.delivered_at IS NOT NULL), 0)),
       (SELECT e.last_error FROM notices e WHERE e.target = n.target AND e.last_error <> '' ORDER BY e.id DESC LIMIT 1)
FROM notices n
WHERE next_at IS NOT NULL OR given_up_at IS NOT NULL
GROUP BY target
HAVING sum(next_at IS NOT NULL AND attempts > 0) > 0
    OR sum(given_up_at IS NOT NULL
           AND id > ifnull((SELECT max(d.id) FROM notices d WHERE d.target = n.target AND d.delivered_at IS NOT NULL), 0)) > 0
ORDER BY target;
