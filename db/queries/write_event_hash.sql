-- Whether the newest event that was acknowledged is there.
SELECT hash FROM events WHERE seq = :seq;
