-- The answer commits with what it tells of: there is no key any more that waits for its answer.
DELETE FROM idempotency_keys WHERE answer IS NULL;
ALTER TABLE idempotency_keys ALTER COLUMN answer SET NOT NULL;
COMMENT ON COLUMN idempotency_keys.answer IS 'Written by the transaction that did what it tells of.';
