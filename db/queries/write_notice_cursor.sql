-- The trail was looked at up to here.
UPDATE notice_cursor SET seq = :seq WHERE seq < :seq;
