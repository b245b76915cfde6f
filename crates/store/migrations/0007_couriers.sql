-- A province was asked by stick to take this device in, and has not answered yet.
ALTER TABLE installation ADD COLUMN enrolment_request BLOB;

-- What couriers were given for the province. It counts as sent only with its receipt.
CREATE TABLE consigned_lane (
    lane INTEGER PRIMARY KEY REFERENCES lane (rid),
    last_seq INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE consigned_blob (
    hash BLOB PRIMARY KEY,
    since_ms INTEGER NOT NULL
) STRICT;

-- How far a colleague's device had each lane when it last packed a bundle for this one.
CREATE TABLE colleague (
    device BLOB PRIMARY KEY,
    packed_ms INTEGER NOT NULL,
    vector BLOB NOT NULL
) STRICT;
