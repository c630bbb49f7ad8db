-- The newest time in the store. The trail is in order but for steps of the clock, so its end is enough to look at.
SELECT max(at) AS newest FROM (SELECT at FROM events ORDER BY seq DESC LIMIT 10000);
