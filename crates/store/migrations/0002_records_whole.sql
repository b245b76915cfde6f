-- A record's row is written whole and once, and is all there is to write for most records: which saves made it stands
-- in it, roots are named by number, and one index serves every list. The rows are made again from the log when the
-- store is opened next (`materialise::VERSION`).
DROP TABLE save_index;
DROP TABLE record;

CREATE TABLE record (
    rid INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    -- The record this one is a part of, or itself; NULL for a part that nothing holds any more, or yet.
    root INTEGER,
    kind INTEGER,
    scope TEXT,
    -- Of the creation that counts, should two devices ever have made the same record: the one with the smallest id.
    created_lane INTEGER,
    title TEXT NOT NULL,
    subtitle TEXT NOT NULL,
    date TEXT,
    status TEXT,
    needs_decision INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    revived INTEGER NOT NULL,
    -- Of this row alone: its last change, its undecided fields, whether an own save of it has no receipt.
    changed_ms INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    -- Of this row and everything under it; kept on roots only.
    tree_changed_ms INTEGER NOT NULL,
    tree_conflicts INTEGER NOT NULL,
    tree_waiting INTEGER NOT NULL,
    -- Which saves made the record what it is (`tables/save_list.rs`).
    saves BLOB NOT NULL,
    state BLOB NOT NULL
) STRICT;
-- In the order of lists, and with the status, so that a list of one status reads no other rows.
CREATE INDEX record_listed ON record (kind, tree_changed_ms, rid, status) WHERE root = rid AND deleted = 0;
CREATE INDEX record_part ON record (root) WHERE root <> rid;
