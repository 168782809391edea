COMMENT ON COLUMN idempotency_keys.answer IS 'NULL while the first request is still at work.';
ALTER TABLE idempotency_keys ALTER COLUMN answer DROP NOT NULL;
