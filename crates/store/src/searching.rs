//! Searching, and keeping the words it looks in up to date.
//!
//! A merge only notes which rows may have got other words. They are indexed afterwards, a few at a time while nobody
//! waits, and what is left before a search answers: a record edited ten times in a backlog is indexed once, and no
//! answer lacks a record unless nothing can be written.

use arumbae_mergelog::Operation;
use rusqlite::{Transaction, TransactionBehavior};

use crate::error::Result;
use crate::opening::Store;
use crate::search_query::SearchQuery;
use crate::tables::search;
use crate::views::RecordRow;

/// Rows indexed in one transaction: enough for their common words to be written once, few enough to wait for.
const BATCH: usize = 512;

impl Store {
    /// Records of any kind that hold all words of `text` in themselves and their parts: those whose title has them
    /// first, then those with them in a line, then anywhere, and at last in other forms of the words; of each the
    /// newest first. The last word may be the beginning of one.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<RecordRow>> {
        let Some(query) = SearchQuery::parse(text) else { return Ok(Vec::new()) };
        self.index_all_pending()?;
        let mut found = Vec::with_capacity(limit);
        for step in query.steps() {
            if found.len() >= limit {
                break;
            }
            search::for_each_match(&self.connection, &step, |record| {
                if !found.contains(&record) {
                    found.push(record);
                }
                found.len() < limit
            })?;
        }
        self.rows_of(found)
    }

    /// Indexes the words of rows that wait for it, at most so many, and returns whether more wait. To be called while
    /// nobody waits for an answer; what is left is done when somebody searches. Where nothing can be written, nothing
    /// is done.
    pub fn index_pending(&self, at_most: usize) -> Result<bool> {
        if self.is_read_only() {
            return Ok(false);
        }
        if search::any_pending(&self.connection)? {
            // Not through `write`, so that reading can do it: whoever writes has the store to themselves, so that no
            // other transaction is open here.
            let tx = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            search::index_next(&tx, at_most)?;
            tx.commit()?;
        }
        search::any_pending(&self.connection)
    }

    /// Indexes every row that waits for it, as far as anything can be written: a full disk must not keep anybody from
    /// what is indexed already.
    pub(crate) fn index_all_pending(&self) -> Result<()> {
        loop {
            match self.index_pending(BATCH) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) if error.forbids_writing() => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether an operation may change the words its record is found by.
pub(crate) fn may_reword(op: &Operation) -> bool {
    match op {
        Operation::Create { .. } | Operation::Set { .. } | Operation::Revise { .. } | Operation::Resolve { .. } => true,
        Operation::Transition { .. }
        | Operation::Add { .. }
        | Operation::Remove { .. }
        | Operation::Delete { .. }
        | Operation::Restore { .. }
        | Operation::Rehome { .. }
        | Operation::Attach { .. }
        | Operation::Unknown { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arumbae_domain::change::Change;
    use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value};
    use arumbae_domain::{RegionCode, Scope};
    use rand_core::OsRng;
    use uuid::Uuid;

    use super::*;
    use crate::key_slots::KeyStretching;
    use crate::opening::NewStore;
    use crate::views::{Profile, SaveContext};

    fn district() -> RegionCode {
        "81.71.01".parse().expect("a district")
    }

    fn new_store(dir: &Path) -> Store {
        let owner = Profile {
            person_id: Uuid::now_v7(),
            name: "Penguji".to_owned(),
            position: String::new(),
            district: district(),
            staff_number: String::new(),
            address: String::new(),
        };
        let new = NewStore { owner, passphrase: "sagu", stretching: KeyStretching::LEAST };
        Store::create(dir, new, &mut OsRng).expect("created")
    }

    /// Every word of every record, as the index has them.
    fn words(store: &Store) -> Vec<([u8; 16], String)> {
        store.index_all_pending().expect("indexed");
        let vocabulary = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab (main, search, instance)";
        store.connection.execute_batch(vocabulary).expect("a view of the index");
        let query = "SELECT r.id, w.term FROM word w JOIN record r ON r.rid = w.doc ORDER BY 1, 2";
        let mut statement = store.connection.prepare(query).expect("valid");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("readable");
        rows.collect::<rusqlite::Result<_>>().expect("readable")
    }

    #[test]
    fn the_index_is_a_function_of_the_records() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut store = new_store(dir.path());
        let context = SaveContext { now_ms: 1, scope: Scope::open(district()), seen: None };
        let (event, attendee) = (RecordId(Uuid::now_v7()), RecordId(Uuid::now_v7()));
        let named =
            |name: &str| Change::Set { record: attendee, field: FieldNo(10), value: Value::Text(name.to_owned()) };
        let list = FieldNo(32);
        let steps = [
            vec![named("Dorkas"), Change::Create { record: attendee, kind: RecordKind::Attendee }],
            vec![
                Change::Create { record: event, kind: RecordKind::OutreachEvent },
                Change::Set { record: event, field: FieldNo(11), value: Value::Text("Sosialisasi".to_owned()) },
                Change::AddChild { record: event, list, child: attendee },
            ],
            vec![named("Yohanis")],
            vec![Change::RemoveChild { record: event, list, child: attendee }],
            vec![Change::AddChild { record: event, list, child: attendee }, named("Yohana")],
        ];
        let mut sizes = Vec::new();
        for step in steps {
            store.save(&step, &context).expect("written");
            let kept_up = words(&store);
            store.rebuild_from_log().expect("rebuilt");
            assert_eq!(words(&store), kept_up, "after {step:?}");
            sizes.push(kept_up.len());
        }
        assert_eq!(sizes, [0, 3, 3, 2, 3], "words of parts count while they are parts");
    }

    #[test]
    fn a_full_disk_keeps_nobody_from_searching() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut store = new_store(dir.path());
        let context = SaveContext { now_ms: 1, scope: Scope::open(district()), seen: None };
        let write = |store: &mut Store, title: &str| {
            let record = RecordId(Uuid::now_v7());
            let title = Change::Set { record, field: FieldNo(11), value: Value::Text(title.to_owned()) };
            store
                .save(&[Change::Create { record, kind: RecordKind::OutreachEvent }, title], &context)
                .expect("written");
        };
        write(&mut store, "Sosialisasi");
        assert_eq!(store.search("sosialisasi", 5).expect("searched").len(), 1);
        // More words than the pages at hand have room for.
        write(&mut store, &(0..20_000).map(|word| format!("kata{word} ")).collect::<String>());
        let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).expect("known");
        store.connection.pragma_update(None, "max_page_count", pages).expect("no more space");
        assert_eq!(store.search("sosialisasi", 5).expect("searched").len(), 1);
        assert_eq!(store.search("kata19999", 5).expect("searched").len(), 0);
        store.connection.pragma_update(None, "max_page_count", i32::MAX).expect("space again");
        assert_eq!(store.search("kata19999", 5).expect("searched").len(), 1);
    }
}
