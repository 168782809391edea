-- What cannot be undone is not done for a browser that somebody left open long ago.
ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz NOT NULL DEFAULT now();
UPDATE sessions SET authenticated_at = created_at;
COMMENT ON COLUMN sessions.authenticated_at IS 'When the password was last given; a refresh does not count.';
