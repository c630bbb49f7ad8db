UPDATE targets SET wave = :wave
WHERE run = (SELECT id FROM runs WHERE run_uid = :run) AND device_uid = :device;
