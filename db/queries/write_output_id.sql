SELECT id FROM outputs WHERE sha256 = :sha256;
