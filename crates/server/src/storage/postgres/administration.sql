-- As the step of the SQLite file with the same name.
ALTER TABLE invitation ADD COLUMN made_ms bigint NOT NULL DEFAULT 0;
ALTER TABLE invitation ADD COLUMN revoked_ms bigint;
ALTER TABLE invitation ADD COLUMN code_number integer;
ALTER TABLE invitation ADD COLUMN code_salt bytea;
ALTER TABLE invitation ADD COLUMN server_url text;
ALTER TABLE invitation ADD COLUMN tries bigint NOT NULL DEFAULT 0;
ALTER TABLE invitation ADD COLUMN tried_ms bigint NOT NULL DEFAULT 0;
CREATE INDEX invitation_code ON invitation (code_number) WHERE code_number IS NOT NULL;

-- When each device was last heard of, and how many segments it still had to read then. Rewritten often, without touching
-- an index.
CREATE TABLE contact (
    device bytea NOT NULL PRIMARY KEY,
    at_ms  bigint NOT NULL,
    unread bigint NOT NULL
) WITH (fillfactor = 70);
