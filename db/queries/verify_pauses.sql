-- When nothing of this runbook was created: from when until when. A pause that has not ended in the record holds until its
-- time is up.
SELECT from_at, min(until_at, ifnull(ended_at, until_at)) AS until_at
FROM pauses
WHERE scope IN (:runbook, '') AND from_at <= :until AND min(until_at, ifnull(ended_at, until_at)) >= :from
ORDER BY from_at;
