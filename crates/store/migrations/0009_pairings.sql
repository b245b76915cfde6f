-- Colleagues' devices that an officer compared a code with, and how the last exchange with each went.
CREATE TABLE pairing (
    device BLOB PRIMARY KEY,
    paired_ms INTEGER NOT NULL,
    -- Where it last listened.
    address TEXT,
    exchanged_ms INTEGER,
    given_saves INTEGER NOT NULL DEFAULT 0,
    given_segments INTEGER NOT NULL DEFAULT 0,
    received_saves INTEGER NOT NULL DEFAULT 0,
    attachments INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0
) STRICT;
