-- Of the trail's beginning, up to the first that stays.
SELECT count(*) FROM events
WHERE seq < ifnull((SELECT min(seq) FROM events WHERE at >= :events), (SELECT max(seq) FROM events));
