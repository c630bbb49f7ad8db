-- A line that names a filter is left out where the filter is not set.
SELECT * FROM event_trail
WHERE true
  AND subject_uid >= :uid AND subject_uid < :uid || '~'
  AND at >= :since
  AND at < :until
ORDER BY seq DESC
LIMIT :limit;
