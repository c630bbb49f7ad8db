-- If nobody refers to it any more.
DELETE FROM outputs WHERE id = :id
  AND NOT EXISTS (SELECT 1 FROM jobs WHERE stdout = :id) AND NOT EXISTS (SELECT 1 FROM jobs WHERE stderr = :id);
