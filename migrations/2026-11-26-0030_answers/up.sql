-- Nobody read it: each address answers with a status of its own, the first time and again.
ALTER TABLE idempotency_keys DROP COLUMN status;
COMMENT ON COLUMN idempotency_keys.answer IS 'NULL while the first request is still at work.';
