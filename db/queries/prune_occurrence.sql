DELETE FROM occurrences WHERE id = :id;
