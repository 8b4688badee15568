-- Made by dump-schema.ts from migrations/; do not edit.

CREATE TRIGGER done_is_for_ever BEFORE UPDATE ON tasks WHEN OLD.step = 'done'
BEGIN
  SELECT RAISE(ABORT, 'a finished task never changes');
END;

CREATE TRIGGER progress_never_falls BEFORE UPDATE OF progress ON tasks WHEN NEW.progress < OLD.progress
BEGIN
  SELECT RAISE(ABORT, 'progress never falls');
END;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  granted INTEGER NOT NULL CHECK (granted >= 0),
  remaining INTEGER NOT NULL CHECK (remaining >= 0),
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  used INTEGER NOT NULL CHECK (used >= 0),
  CONSTRAINT credits_conserved CHECK (granted = remaining + reserved + used)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  disabled_at INTEGER,
  expires_at INTEGER,
  credit_limit INTEGER CHECK (credit_limit >= 0),
  credits_reserved INTEGER NOT NULL DEFAULT 0 CHECK (credits_reserved >= 0),
  credits_used INTEGER NOT NULL DEFAULT 0 CHECK (credits_used >= 0),
  CONSTRAINT within_budget CHECK (credit_limit IS NULL OR credits_reserved + credits_used <= credit_limit)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number >= 1),
  route TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('open', 'accepted', 'unknown', 'rejected', 'failed', 'succeeded', 'cancelled', 'abandoned')),
  code TEXT,
  idempotency_key TEXT NOT NULL UNIQUE,
  handle TEXT NOT NULL DEFAULT 'null',
  evidence TEXT NOT NULL DEFAULT 'null',
  verdict TEXT NOT NULL DEFAULT 'null',
  started_at INTEGER NOT NULL,
  ended_at INTEGER, late TEXT NOT NULL DEFAULT 'null',
  PRIMARY KEY (task_seq, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task_id TEXT,
  account_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  model TEXT NOT NULL,
  stage TEXT NOT NULL,
  findings TEXT NOT NULL,
  failures TEXT NOT NULL,
  verdict TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  alive_until INTEGER NOT NULL,
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) STRICT;

CREATE TABLE overrules (
  key_id TEXT NOT NULL REFERENCES api_keys (id),
  decision_id TEXT NOT NULL REFERENCES decisions (id),
  detector TEXT NOT NULL,
  category TEXT NOT NULL,
  rule TEXT,
  at INTEGER NOT NULL, made_by TEXT,
  PRIMARY KEY (key_id, decision_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  count INTEGER NOT NULL
) STRICT;

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  key_id TEXT NOT NULL REFERENCES api_keys (id),
  request_id TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('image', 'video', 'audio')),
  model TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
  step TEXT NOT NULL CHECK (step IN ('prepare', 'submit', 'watch', 'collect', 'reconcile', 'done')),
  version INTEGER NOT NULL CHECK (version >= 1),
  node_id INTEGER REFERENCES nodes (id),
  progress INTEGER NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  created_at INTEGER NOT NULL,
  deadline_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  cancel_requested_at INTEGER,
  estimate_seconds REAL NOT NULL,
  billing_rule TEXT NOT NULL,
  credits_reserved INTEGER NOT NULL CHECK (credits_reserved >= 0),
  credits_used INTEGER NOT NULL DEFAULT 0 CHECK (credits_used >= 0),
  reconcile_until INTEGER,
  error_code TEXT,
  metadata TEXT NOT NULL,
  params TEXT NOT NULL,
  attempts TEXT NOT NULL DEFAULT '[]',
  inputs TEXT NOT NULL DEFAULT '[]',
  repairs TEXT NOT NULL DEFAULT '[]',
  handle TEXT NOT NULL DEFAULT 'null',
  outputs TEXT NOT NULL DEFAULT '[]',
  results TEXT NOT NULL DEFAULT '[]',
  error TEXT NOT NULL DEFAULT 'null',
  CONSTRAINT final_means_done CHECK ((step = 'done') = (status IN ('completed', 'failed'))),
  CONSTRAINT done_has_an_end CHECK ((step = 'done') = (finished_at IS NOT NULL)),
  CONSTRAINT done_has_no_lease CHECK ((step = 'done') = (node_id IS NULL)),
  CONSTRAINT completed_is_100 CHECK ((status = 'completed') = (progress = 100)),
  CONSTRAINT failed_has_an_error CHECK ((status = 'failed') = (error_code IS NOT NULL) AND (status = 'failed') = (error <> 'null')),
  CONSTRAINT only_completed_costs CHECK (credits_used = 0 OR (status = 'completed' AND credits_used <= credits_reserved))
) STRICT;

CREATE TABLE tombstones (
  seq INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL,
  removed_at INTEGER NOT NULL
) STRICT;

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

CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at, id);

CREATE INDEX attempts_left_behind ON attempts (ended_at) WHERE state IN ('abandoned', 'unknown') AND late = 'null';

CREATE INDEX attempts_unclassified ON attempts (started_at) WHERE code = 'unknown_error';

CREATE INDEX decisions_by_age ON decisions (at);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE INDEX idempotency_keys_by_task ON idempotency_keys (task_seq);

CREATE UNIQUE INDEX nodes_in_service ON nodes (name) WHERE retired = 0;

CREATE INDEX overrules_by_decision ON overrules (decision_id);

CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;

CREATE INDEX tasks_for_lists ON tasks (account_id, created_at, id, status, type, model, error_code);

CREATE INDEX tasks_leased ON tasks (node_id, created_at, status) WHERE node_id IS NOT NULL;

CREATE INDEX uploads_by_expiry ON uploads (expires_at);

CREATE INDEX uploads_for_lists ON uploads (account_id, created_at, id, expires_at);
