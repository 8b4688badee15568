-- What moderation decided, without anything of what it looked at; and what an operator let pass for a key.
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

CREATE INDEX decisions_by_age ON decisions (at);

CREATE TABLE overrules (
  key_id TEXT NOT NULL REFERENCES api_keys (id),
  decision_id TEXT NOT NULL REFERENCES decisions (id),
  detector TEXT NOT NULL,
  category TEXT NOT NULL,
  rule TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (key_id, decision_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX overrules_by_decision ON overrules (decision_id);
