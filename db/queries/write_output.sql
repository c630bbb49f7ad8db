INSERT INTO outputs (sha256, bytes, text, exact) VALUES (:sha256, :bytes, :text, :exact);
