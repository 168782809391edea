-- Whoever looks at what was stopped is told by whom.
ALTER TABLE jobs ADD COLUMN cancel_requested_by bigint REFERENCES users (id);
COMMENT ON COLUMN jobs.cancel_requested_by IS 'Who asked first to cancel it.';
