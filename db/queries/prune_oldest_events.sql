SELECT seq, at, hash FROM events ORDER BY seq LIMIT :limit;
