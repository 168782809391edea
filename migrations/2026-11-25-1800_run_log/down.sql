DROP INDEX run_events_phase;
DROP INDEX run_events_log;
