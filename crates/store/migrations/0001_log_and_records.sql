-- The log. Everything below the second heading is a function of it and can be made again from it.

-- One row per installation.
CREATE TABLE installation (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    device_secret BLOB NOT NULL,
    incarnation INTEGER NOT NULL,
    -- A backup carries 1 here: opened in its turn, it must begin a new incarnation before it writes.
    is_copy INTEGER NOT NULL DEFAULT 0,
    hlc INTEGER NOT NULL DEFAULT 0,
    -- The version of the code that made the record rows; another one makes them again from the log.
    materialised_by INTEGER NOT NULL DEFAULT 0,
    -- Counts applications of foreign segments, so that a save can name what changed since the one before.
    sightings INTEGER NOT NULL DEFAULT 0,
    last_contact_ms INTEGER,
    clock_offset_ms INTEGER,
    clock_uncertainty_ms INTEGER,
    enrolment TEXT
) STRICT;

-- The people who have a key slot here. An earlier identity stays listed: saves were made under it.
CREATE TABLE profile (
    rid INTEGER PRIMARY KEY,
    slot BLOB NOT NULL,
    person BLOB NOT NULL,
    current INTEGER NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (slot, person)
) STRICT;

CREATE TABLE certificate (
    rid INTEGER PRIMARY KEY,
    person BLOB NOT NULL,
    der BLOB NOT NULL UNIQUE,
    issuer_der BLOB NOT NULL,
    added_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE lane (
    rid INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    device BLOB NOT NULL,
    incarnation INTEGER NOT NULL,
    scope TEXT NOT NULL,
    own INTEGER NOT NULL,
    -- The chain as far as it is sealed and held here.
    next_seq INTEGER NOT NULL DEFAULT 1,
    head_hash BLOB NOT NULL,
    -- Own lanes: the number of the next save, which may be ahead of the chain.
    next_save INTEGER NOT NULL DEFAULT 1,
    receipted_seq INTEGER NOT NULL DEFAULT 0,
    frozen INTEGER NOT NULL DEFAULT 0,
    -- Foreign lanes: when they last grew; own lanes: what their last save had seen of the others.
    sighting INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE segment (
    rid INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL REFERENCES lane (rid),
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    gsn INTEGER,
    received_ms INTEGER,
    -- Part of the chain, but not of the records: see the quarantine for why.
    held_back INTEGER NOT NULL DEFAULT 0,
    bytes BLOB NOT NULL,
    UNIQUE (lane, first_seq)
) STRICT;
CREATE INDEX segment_unreceipted ON segment (rid) WHERE gsn IS NULL;

-- Own saves that are not sealed yet.
CREATE TABLE pending_save (
    lane INTEGER NOT NULL REFERENCES lane (rid),
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (lane, seq)
) STRICT;

-- Segments that came before the ones they are chained to.
CREATE TABLE waiting_segment (
    hash BLOB PRIMARY KEY,
    lane BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    gsn INTEGER,
    received_ms INTEGER,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX waiting_segment_place ON waiting_segment (lane, first_seq);

CREATE TABLE quarantine (
    rid INTEGER PRIMARY KEY,
    level TEXT NOT NULL,
    reason TEXT NOT NULL,
    lane BLOB,
    first_seq INTEGER,
    hash BLOB NOT NULL,
    gsn INTEGER,
    noted_ms INTEGER NOT NULL,
    by_server INTEGER NOT NULL,
    bytes BLOB,
    UNIQUE (hash, reason)
) STRICT;

CREATE TABLE receipt (
    hash BLOB PRIMARY KEY,
    gsn INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE scope_cursor (
    scope TEXT PRIMARY KEY,
    gsn INTEGER NOT NULL
) STRICT;

CREATE TABLE registry (
    seq INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- Attachments: 256 KiB pieces, so that none is ever in memory whole twice.
CREATE TABLE blob (
    rid INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    byte_length INTEGER NOT NULL,
    held_bytes INTEGER NOT NULL,
    sent_ms INTEGER
) STRICT;
CREATE TABLE blob_piece (
    blob INTEGER NOT NULL REFERENCES blob (rid),
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (blob, number)
) STRICT;

-- What is being typed and not saved yet.
CREATE TABLE draft (
    slot BLOB NOT NULL,
    key TEXT NOT NULL,
    content TEXT NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (slot, key)
) STRICT;

-- The records: what the log says, ready to be read.

CREATE TABLE record (
    rid INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    -- The record this one is a part of, or itself; NULL for a part that nothing holds any more, or yet.
    root BLOB,
    kind INTEGER,
    scope TEXT,
    -- Of the creation that counts, should two devices ever have made the same record: the smallest.
    created_lane BLOB,
    title TEXT NOT NULL DEFAULT '',
    subtitle TEXT NOT NULL DEFAULT '',
    date TEXT,
    status TEXT,
    needs_decision INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    revived INTEGER NOT NULL DEFAULT 0,
    -- Of this row alone: its last change, its undecided fields, whether an own save of it has no receipt.
    changed_ms INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0,
    waiting INTEGER NOT NULL DEFAULT 0,
    -- Of this row and everything under it; kept on roots only.
    tree_changed_ms INTEGER NOT NULL DEFAULT 0,
    tree_conflicts INTEGER NOT NULL DEFAULT 0,
    tree_waiting INTEGER NOT NULL DEFAULT 0,
    state BLOB NOT NULL
) STRICT;
CREATE INDEX record_listed ON record (kind, tree_changed_ms, id) WHERE root = id AND deleted = 0;
CREATE INDEX record_listed_by_status ON record (kind, status, tree_changed_ms, id) WHERE root = id AND deleted = 0;
CREATE INDEX record_tree ON record (root, changed_ms, conflicts, waiting);

-- Which records are on which lists. A removed one stays here for as long as it may come back.
CREATE TABLE part (
    parent BLOB NOT NULL,
    list INTEGER NOT NULL,
    child BLOB NOT NULL,
    removed INTEGER NOT NULL,
    PRIMARY KEY (parent, list, child)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_child ON part (child, parent);

-- One row per value that a field has more than one of.
CREATE TABLE conflict (
    record BLOB NOT NULL,
    field INTEGER NOT NULL,
    lane BLOB NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (record, field, lane, seq, place)
) STRICT, WITHOUT ROWID;

-- Which saves made a record what it is. `at_ms` is the author's clock, believed only up to five minutes past the
-- moment the server had the save.
CREATE TABLE save_index (
    record INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (record, lane, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX save_index_time ON save_index (record, at_ms);

CREATE TABLE blob_reference (
    record BLOB NOT NULL,
    hash BLOB NOT NULL,
    byte_length INTEGER,
    PRIMARY KEY (record, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_reference_hash ON blob_reference (hash);

-- Fields that name another record: what was made from what.
CREATE TABLE reference (
    record BLOB NOT NULL,
    target BLOB NOT NULL,
    PRIMARY KEY (record, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_target ON reference (target);

-- Contentless: the words stand in the record's state already.
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4'
);
