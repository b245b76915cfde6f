-- What a scope's older segments add up to, in place of those that are not held here any more or never were.
CREATE TABLE snapshot (
    rid INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    gsn INTEGER NOT NULL,
    -- As the province signed it, CBOR.
    note BLOB NOT NULL,
    -- Packed; it names the pages.
    head BLOB NOT NULL,
    -- 0 once the server's numbers no longer lead up to it: its records stay, its number says nothing.
    numbered INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX snapshot_numbered ON snapshot (scope) WHERE numbered = 1;
CREATE TABLE snapshot_page (
    hash BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- What the province signed of scopes that are held as segments: with it, those that everybody has may be dropped.
CREATE TABLE snapshot_note (
    scope TEXT NOT NULL,
    gsn INTEGER NOT NULL,
    note BLOB NOT NULL,
    PRIMARY KEY (scope, gsn)
) STRICT, WITHOUT ROWID;

-- A snapshot on its way here, and how far the scope was read after it.
CREATE TABLE snapshot_fetch (
    scope TEXT PRIMARY KEY,
    note BLOB NOT NULL,
    byte_length INTEGER NOT NULL,
    tail_gsn INTEGER NOT NULL
) STRICT;
CREATE TABLE snapshot_piece (
    scope TEXT NOT NULL REFERENCES snapshot_fetch (scope) ON DELETE CASCADE,
    first_byte INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (scope, first_byte)
) STRICT;

-- Lanes whose saves up to `last_seq` stand in a snapshot. From the lane's beginning the log is held without a hole up
-- to `next_seq`; further segments up to `last_seq` may be.
CREATE TABLE covered_lane (
    lane INTEGER PRIMARY KEY REFERENCES lane (rid),
    last_seq INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    head_hash BLOB NOT NULL
) STRICT;

-- Up to which save of another lane a lane's author is known to have read, by the saves that were looked at for it.
CREATE TABLE acknowledged (
    lane INTEGER NOT NULL REFERENCES lane (rid),
    other BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (lane, other)
) STRICT, WITHOUT ROWID;

-- How far the scope is read again for its history, NULL if it is not; and when somebody last asked for that.
ALTER TABLE scope_cursor ADD COLUMN history_gsn INTEGER;
ALTER TABLE scope_cursor ADD COLUMN history_asked_ms INTEGER;
-- Up to which number the saves were looked at for what their authors had read.
ALTER TABLE scope_cursor ADD COLUMN looked_at_gsn INTEGER NOT NULL DEFAULT 0;
