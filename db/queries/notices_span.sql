-- From where the trail is still to be looked at, and where it ends.
SELECT c.seq, max(c.seq, ifnull((SELECT max(seq) FROM events), 0)) FROM notice_cursor c;
