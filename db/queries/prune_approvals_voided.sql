-- Of what was asked ahead, and had no use.
DELETE FROM approvals WHERE id IN (SELECT id FROM approvals
                                   WHERE run IS NULL AND state = 'voided' AND decided_at < :before LIMIT :limit);
