-- Files that clients uploaded (contract.md 7); the bytes are in the file store.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  upload_path TEXT NOT NULL,
  file_name TEXT NOT NULL,
  original_name TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  sha256 TEXT NOT NULL,
  file_key TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  CONSTRAINT one_of_a_name UNIQUE (account_id, upload_path, file_name)
) STRICT, WITHOUT ROWID;

CREATE INDEX uploads_for_lists ON uploads (account_id, created_at, id, expires_at);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
