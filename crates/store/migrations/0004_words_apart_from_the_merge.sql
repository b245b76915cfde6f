-- Words are indexed after a merge and not within it. A row whose words may have changed waits here for its turn, once,
-- however often it changes meanwhile.
CREATE TABLE search_queue (
    record INTEGER PRIMARY KEY
) STRICT;
INSERT INTO search_queue (record) SELECT rid FROM record;

-- Contentless: the words stand in the record's state already. No index of beginnings: they are found by walking the
-- words in their order.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
