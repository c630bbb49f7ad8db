SELECT v.* FROM pauses p
JOIN pause_history v ON v.runbook = p.runbook
WHERE p.runbook IN ('', :runbook) AND p.from_at <= :instant AND ifnull(p.ended_at, p.until_at) > :instant
  AND v.from_at = strftime('%Y-%m-%dT%H:%M:%fZ', p.from_at / 1000.0, 'unixepoch')
ORDER BY p.from_at DESC
LIMIT 10;
