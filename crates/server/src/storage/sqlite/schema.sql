-- Facts about the installation that are not signed.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The signed registry, entry by entry, as CBOR.
CREATE TABLE registry (
    seq   INTEGER NOT NULL PRIMARY KEY,
    entry BLOB NOT NULL
) STRICT;

-- Invitations. The token itself is never stored.
CREATE TABLE invitation (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    role        TEXT NOT NULL,
    scope       TEXT NOT NULL,
    person      BLOB,
    expires_ms  INTEGER NOT NULL,
    redeemed_by BLOB
) STRICT, WITHOUT ROWID;

-- Where each lane stands. A frozen lane forked and takes nothing more.
CREATE TABLE lane (
    lane        BLOB NOT NULL PRIMARY KEY,
    device      BLOB NOT NULL,
    incarnation BLOB NOT NULL,
    scope       TEXT NOT NULL,
    next_seq    INTEGER NOT NULL,
    head_hash   BLOB NOT NULL,
    frozen      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX lane_of_device ON lane (device);

-- The log. `gsn` is gap-free per scope; `digest` is the set digest of the scope up to and with this segment.
CREATE TABLE segment (
    scope       TEXT NOT NULL,
    gsn         INTEGER NOT NULL,
    lane        BLOB NOT NULL REFERENCES lane (lane),
    first_seq   INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    digest      BLOB NOT NULL,
    bytes       BLOB NOT NULL,
    UNIQUE (scope, gsn),
    UNIQUE (lane, first_seq)
) STRICT;

-- What was pushed and did not become part of the log, kept for a person to look at.
CREATE TABLE quarantine (
    content     BLOB NOT NULL PRIMARY KEY, -- BLAKE3 of bytes: the same thing sent again is kept once
    lane        BLOB,
    first_seq   INTEGER,
    code        TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    bytes       BLOB NOT NULL
) STRICT;
