SELECT seq, hash, at, key_id, public_key, signature FROM checkpoints ORDER BY seq;
