-- What became of a job after its task had ended without it, and the operator's questions across tasks.
ALTER TABLE attempts ADD COLUMN late TEXT NOT NULL DEFAULT 'null';

CREATE INDEX attempts_unclassified ON attempts (started_at) WHERE code = 'unknown_error';
CREATE INDEX attempts_left_behind ON attempts (ended_at) WHERE state IN ('abandoned', 'unknown') AND late = 'null';
