-- Words are indexed after a merge and not within it. A row whose words may have changed waits here for its turn, once,
-- however often it changes meanwhile.
CREATE TABLE search_queue (
    record INTEGER PRIMARY KEY
) STRICT;
INSERT INTO search_queue (record) SELECT rid FROM record;

-- One entry for each record that stands alone, its parts' words among its own, each word once and marked with where it
-- stands (`search_words.rs`); so which record has a word is all there is to keep. No index of beginnings: they are
-- found by walking the words in their order. `ascii`: the words come folded and parted already.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
