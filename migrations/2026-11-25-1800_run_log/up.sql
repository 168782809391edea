-- The page of a run shows its newest log lines and its phase: a few events among very many values
-- of metrics.
CREATE INDEX run_events_log ON run_events (run_id, seq) WHERE event ->> 'kind' = 'log';
CREATE INDEX run_events_phase ON run_events (run_id, seq) WHERE event ->> 'kind' = 'phase';
