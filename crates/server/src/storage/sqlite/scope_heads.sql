-- How far each scope reaches: the last segment's number and the set digest up to it, so that neither the next number
-- nor what is new is looked for in the log.
CREATE TABLE scope_head (
    scope  TEXT NOT NULL PRIMARY KEY,
    gsn    INTEGER NOT NULL,
    digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO scope_head (scope, gsn, digest)
SELECT scope, gsn, digest FROM segment AS last
WHERE gsn = (SELECT max(gsn) FROM segment WHERE segment.scope = last.scope);
