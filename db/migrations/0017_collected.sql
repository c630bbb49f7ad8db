-- Rows that jobs printed for the record (`collect: rows`): of a whole stdout, before it was cut.
CREATE TABLE collected (
  job    INTEGER NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
  row_no INTEGER NOT NULL CHECK (row_no >= 1),  -- in the order in which the job printed them
  data   TEXT NOT NULL CHECK (json_type(data) = 'object'),
  PRIMARY KEY (job, row_no)
) STRICT, WITHOUT ROWID;

-- What each device's last try of a step printed, as in output_groups.
CREATE VIEW collected_rows AS
SELECT r.run_uid, r.runbook, j.device_uid, t.hostname, t.customer, t.site_name, c.row_no, c.data, t.site_uid, j.job_uid,
       j.step
FROM runs r
JOIN jobs j ON j.run = r.id
JOIN collected c ON c.job = j.id
JOIN targets t ON t.run = j.run AND t.device_uid = j.device_uid
WHERE NOT EXISTS (SELECT 1 FROM jobs l WHERE l.run = j.run AND l.device_uid = j.device_uid AND l.step = j.step
                                         AND l.attempt > j.attempt);

CREATE TRIGGER collected_rows_are_never_changed BEFORE UPDATE ON collected
BEGIN
  SELECT RAISE(ABORT, 'collected rows are kept as they came');
END;
-- They go with the output that they stood in.
CREATE TRIGGER collected_rows_are_removed_by_retention BEFORE DELETE ON collected
WHEN NOT EXISTS (SELECT 1 FROM pruning p JOIN jobs j ON j.id = OLD.job JOIN runs r ON r.id = j.run
                 WHERE j.created_at < p.outputs_before OR r.finished_at < p.history_before)
BEGIN
  SELECT RAISE(ABORT, 'collected rows stay with their job');
END;
