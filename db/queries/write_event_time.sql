SELECT at FROM events WHERE seq = :seq;
