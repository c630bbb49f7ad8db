-- A line that names a filter is left out where the filter is not set. Rows come in the order of what `after` names.
SELECT * FROM collected_rows
WHERE run_uid = :run
  AND customer = :customer
  AND (site_name = :site COLLATE NOCASE OR site_uid = :site COLLATE NOCASE)
  AND (device_uid = :device COLLATE NOCASE OR hostname = :device COLLATE NOCASE)
  AND (device_uid, step, row_no) > (:after_device, :after_step, :after_row)
ORDER BY device_uid, step, row_no
LIMIT :limit;
