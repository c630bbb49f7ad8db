-- The time of the oldest event that is kept, where retention has removed older ones.
SELECT at FROM events WHERE seq = (SELECT min(seq) FROM events) AND seq > 1;
