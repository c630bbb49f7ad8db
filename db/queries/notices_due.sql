-- Which targets have something to be told by now.
SELECT DISTINCT target FROM notices WHERE next_at <= :now AND next_at IS NOT NULL ORDER BY target;
