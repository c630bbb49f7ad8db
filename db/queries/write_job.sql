INSERT OR ROLLBACK INTO jobs (job_uid, run, device_uid, step, attempt, component_uid, component_name, variables, created_at,
                              step_name, steps_after)
VALUES (:job, :run, :device, :step, :attempt, :component_uid, :component_name,
        :variables, :at, :step_name, :steps_after);
