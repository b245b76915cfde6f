//! Searching, and keeping the words it looks in up to date.
//!
//! A merge only notes which rows may have got other words. They are indexed afterwards, a few at a time while nobody
//! waits, and what is left before a search answers: a record edited ten times in a backlog is indexed once, and no
//! answer ever lacks a record.

use arumbae_mergelog::Operation;
use rusqlite::{Transaction, TransactionBehavior};

use crate::error::Result;
use crate::opening::Store;
use crate::tables::search;
use crate::views::RecordRow;

/// Rows indexed in one transaction: enough for their common words to be written once, few enough to wait for.
const BATCH: usize = 512;

impl Store {
    /// Records of any kind that hold all words of `text` in themselves or in one part, best match first. The last
    /// word may be the beginning of one.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<RecordRow>> {
        let Some(expression) = search::expression(text) else { return Ok(Vec::new()) };
        self.index_all_pending()?;
        self.rows_of(search::roots(&self.connection, &expression, limit)?)
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

    /// Indexes every row that waits for it.
    pub(crate) fn index_all_pending(&self) -> Result<()> {
        while self.index_pending(BATCH)? {}
        Ok(())
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
