-- The tables of the SQLite file, with the same names and meanings. Scopes are compared byte by byte (COLLATE "C"), as
-- SQLite and Rust compare them.

-- Facts about the installation that are not signed.
CREATE TABLE setting (
    name  text NOT NULL PRIMARY KEY,
    value text NOT NULL
);

-- The signed registry, entry by entry, as CBOR.
CREATE TABLE registry (
    seq   bigint NOT NULL PRIMARY KEY,
    entry bytea NOT NULL
);

-- Invitations. The token itself is never stored.
CREATE TABLE invitation (
    fingerprint bytea NOT NULL PRIMARY KEY,
    role        text NOT NULL,
    scope       text NOT NULL,
    person      bytea,
    expires_ms  bigint NOT NULL,
    redeemed_by bytea
);

-- Where each lane stands. A frozen lane forked and takes nothing more. Rows are rewritten with each push; with room
-- left on the page none of the indexes is touched.
CREATE TABLE lane (
    lane        bytea NOT NULL PRIMARY KEY,
    device      bytea NOT NULL,
    incarnation bytea NOT NULL,
    scope       text COLLATE "C" NOT NULL,
    next_seq    bigint NOT NULL,
    head_hash   bytea NOT NULL,
    frozen      boolean NOT NULL DEFAULT false
) WITH (fillfactor = 70);
CREATE INDEX lane_of_device ON lane (device);

-- How far each scope reaches: the last segment's number and the set digest up to it. Who takes a number locks the row
-- until its commit, so numbers are without gaps and become visible in their order.
CREATE TABLE scope_head (
    scope  text COLLATE "C" NOT NULL PRIMARY KEY,
    gsn    bigint NOT NULL,
    digest bytea NOT NULL
) WITH (fillfactor = 50);

-- The log. `gsn` is gap-free per scope; `digest` is the set digest of the scope up to and with this segment. Everything
-- asked of it names a scope, so each question goes to one part.
CREATE TABLE segment (
    scope       text COLLATE "C" NOT NULL,
    gsn         bigint NOT NULL,
    lane        bytea NOT NULL REFERENCES lane (lane),
    first_seq   bigint NOT NULL,
    count       integer NOT NULL,
    hash        bytea NOT NULL,
    received_ms bigint NOT NULL,
    digest      bytea NOT NULL,
    bytes       bytea NOT NULL,
    PRIMARY KEY (scope, gsn),
    UNIQUE (scope, lane, first_seq)
) PARTITION BY HASH (scope);
CREATE TABLE segment_00 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE segment_01 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE segment_02 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE segment_03 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE segment_04 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE segment_05 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE segment_06 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE segment_07 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE segment_08 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE segment_09 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE segment_10 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE segment_11 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE segment_12 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE segment_13 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE segment_14 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE segment_15 PARTITION OF segment FOR VALUES WITH (MODULUS 16, REMAINDER 15);

-- What was pushed and did not become part of the log, kept for a person to look at.
CREATE TABLE quarantine (
    content     bytea NOT NULL PRIMARY KEY, -- BLAKE3 of bytes: the same thing sent again is kept once
    lane        bytea,
    first_seq   bigint,
    code        text NOT NULL,
    received_ms bigint NOT NULL,
    bytes       bytea NOT NULL
);

-- What the scopes add up to, as the server signed it; the newest two of each scope.
CREATE TABLE snapshot (
    hash        bytea NOT NULL PRIMARY KEY,
    scope       text COLLATE "C" NOT NULL,
    gsn         bigint NOT NULL,
    note        bytea NOT NULL, -- CBOR
    byte_length bigint NOT NULL,
    UNIQUE (scope, gsn)
);

-- Heads, named by their snapshot's hash, and pages, named by their own; packed as they are sent.
CREATE TABLE snapshot_part (
    hash  bytea NOT NULL PRIMARY KEY,
    bytes bytea NOT NULL
);

-- The parts of a snapshot in the order they are sent: the head, then the pages.
CREATE TABLE snapshot_content (
    snapshot bytea NOT NULL REFERENCES snapshot (hash) ON DELETE CASCADE,
    number   bigint NOT NULL,
    part     bytea NOT NULL REFERENCES snapshot_part (hash),
    PRIMARY KEY (snapshot, number)
);
CREATE INDEX snapshot_content_part ON snapshot_content (part);

-- Which signed requests counted within the window in which they could be taken for fresh ones, over all servers. What
-- a crash of the database would lose here is refused by `admission.since`, so neither is logged.
CREATE UNLOGGED TABLE admitted_request (
    created bigint NOT NULL, -- seconds since 1970 UTC
    device  bytea NOT NULL,
    nonce   bytea NOT NULL,
    PRIMARY KEY (created, device, nonce)
);
CREATE UNLOGGED TABLE admission (
    only_row boolean NOT NULL PRIMARY KEY CHECK (only_row),
    since    bigint NOT NULL -- seconds since 1970 UTC
);
