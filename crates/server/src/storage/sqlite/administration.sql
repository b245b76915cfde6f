-- Invitations can be taken back, and given out as short codes. The secret of a code is not stored: it is derived from
-- its salt and the province's key.
ALTER TABLE invitation ADD COLUMN made_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invitation ADD COLUMN revoked_ms INTEGER;
ALTER TABLE invitation ADD COLUMN code_number INTEGER;
ALTER TABLE invitation ADD COLUMN code_salt BLOB;
ALTER TABLE invitation ADD COLUMN server_url TEXT;
ALTER TABLE invitation ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invitation ADD COLUMN tried_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX invitation_code ON invitation (code_number) WHERE code_number IS NOT NULL;

-- When each device was last heard of, and how many segments it still had to read then.
CREATE TABLE contact (
    device BLOB NOT NULL PRIMARY KEY,
    at_ms  INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
