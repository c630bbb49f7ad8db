-- Of each account: when it was first noticed that the store had been put back, since that was accepted last; and the
-- newest time that the store had known before, as that event says (and, where it does not say, as the trail does).
SELECT f.account, f.seq, e.at AS held_at, ifnull(json_extract(e.data, '$.since'), '') AS since,
       (SELECT max(at) FROM (SELECT at FROM events WHERE seq < f.seq ORDER BY seq DESC LIMIT 10000)
        WHERE at < e.at) AS newest_before
FROM (SELECT r.subject_uid AS account, min(r.seq) AS seq
      FROM events r
      WHERE r.kind = 'store.restored'
        AND r.seq > ifnull((SELECT max(a.seq) FROM events a
                            WHERE a.subject_uid = r.subject_uid AND a.kind = 'store.restore_accepted'), 0)
      GROUP BY r.subject_uid) f
JOIN events e ON e.seq = f.seq;
