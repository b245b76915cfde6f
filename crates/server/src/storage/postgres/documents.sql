-- The register of issued documents: what the log says of them, read out of it scope by scope. All of it can be made
-- again from the segments.
CREATE TABLE document (
    record      bytea NOT NULL PRIMARY KEY,
    scope       text COLLATE "C" NOT NULL,
    author      bytea NOT NULL,
    received_ms bigint NOT NULL,
    state       bytea NOT NULL
);

-- Every file a document has or had, by its SHA-256.
CREATE TABLE document_file (
    sha256      bytea NOT NULL,
    record      bytea NOT NULL REFERENCES document (record),
    received_ms bigint NOT NULL,
    PRIMARY KEY (sha256, record)
);

-- Up to which number the log of a scope was read for documents.
CREATE TABLE document_cursor (
    scope text COLLATE "C" NOT NULL PRIMARY KEY,
    gsn   bigint NOT NULL
);
