-- The register of issued documents: what the log says of them, read out of it scope by scope. All of it can be made
-- again from the segments.
CREATE TABLE document (
    record      BLOB NOT NULL PRIMARY KEY,
    scope       TEXT NOT NULL,
    author      BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    state       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every file a document has or had, by its SHA-256.
CREATE TABLE document_file (
    sha256      BLOB NOT NULL,
    record      BLOB NOT NULL REFERENCES document (record),
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (sha256, record)
) STRICT, WITHOUT ROWID;

-- Up to which number the log of a scope was read for documents.
CREATE TABLE document_cursor (
    scope TEXT NOT NULL PRIMARY KEY,
    gsn   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
