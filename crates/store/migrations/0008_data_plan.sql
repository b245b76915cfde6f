-- What the officer lets go over links that cost money, and until when the present one costs nothing.
CREATE TABLE data_plan (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    day_bytes INTEGER,
    month_bytes INTEGER,
    originals_on_paid_links INTEGER NOT NULL,
    free_until_ms INTEGER NOT NULL,
    paused INTEGER NOT NULL
) STRICT;

-- What went over such links on each day.
CREATE TABLE paid_traffic (
    day TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
