-- Creates without an answer, to their end.

-- Jobs that were given up without an answer and have not ended, as far as is known here: searched for, and followed where
-- they have turned up.
CREATE INDEX jobs_lost ON jobs (created_at) WHERE reason = 'unknown_dispatch' AND late_status IS NULL;
