-- Who let it pass: the operator's key, by its id. Null for what was overruled before this was kept.
ALTER TABLE overrules ADD COLUMN made_by TEXT;
