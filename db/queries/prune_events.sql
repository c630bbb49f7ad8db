DELETE FROM events WHERE seq BETWEEN :from AND :to;
