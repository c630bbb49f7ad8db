SELECT id, lower(hex(sha256)) AS sha256, bytes, text, exact FROM outputs ORDER BY id;
