-- The beginning of a text, in characters.
SELECT substr(text, 1, :most) FROM outputs WHERE sha256 = :sha256;
