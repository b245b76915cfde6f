-- What the scopes add up to, as the server signed it. It can be made again from the segments, so only the newest two
-- of each scope are kept: a device may be in the middle of the older one.
CREATE TABLE snapshot (
    hash        BLOB NOT NULL PRIMARY KEY,
    scope       TEXT NOT NULL,
    gsn         INTEGER NOT NULL,
    note        BLOB NOT NULL, -- CBOR
    byte_length INTEGER NOT NULL,
    UNIQUE (scope, gsn)
) STRICT;

-- Heads, named by their snapshot's hash, and pages, named by their own; packed as they are sent. Pages that a
-- snapshot shares with the one before are here once.
CREATE TABLE snapshot_part (
    hash  BLOB NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- The parts of a snapshot in the order they are sent: the head, then the pages.
CREATE TABLE snapshot_content (
    snapshot BLOB NOT NULL REFERENCES snapshot (hash) ON DELETE CASCADE,
    number   INTEGER NOT NULL,
    part     BLOB NOT NULL REFERENCES snapshot_part (hash),
    PRIMARY KEY (snapshot, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_content_part ON snapshot_content (part);
