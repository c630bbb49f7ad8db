SELECT seq, at, public_key FROM checkpoints ORDER BY seq DESC LIMIT 1;
