-- What triggers have started, for a start to find what was acted on.
CREATE INDEX runs_triggered ON runs (planned_at) WHERE "trigger" IN ('alert', 'outcome', 'online', 'discovered');
