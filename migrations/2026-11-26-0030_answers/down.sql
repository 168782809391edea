COMMENT ON COLUMN idempotency_keys.answer IS NULL;
ALTER TABLE idempotency_keys ADD COLUMN status smallint;
UPDATE idempotency_keys SET status = 201 WHERE answer IS NOT NULL;
COMMENT ON COLUMN idempotency_keys.status IS 'NULL while the first request is still at work.';
