INSERT INTO checkpoints (seq, hash, at, key_id, public_key, signature)
VALUES (:seq, :hash, :at, :key_id, :public_key, :signature);
