-- What was done with long ago.
DELETE FROM notices WHERE next_at IS NULL AND ifnull(delivered_at, given_up_at) < :before;
