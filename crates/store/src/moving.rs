//! Moving a record to another scope.
//!
//! Who reads a scope gets its lanes whole, and nothing else. So a record moves with all it is: the move itself is
//! written where the record was, for those who read it there, and once more where it goes, with the record and its parts
//! repeated for those who read only there. For whoever reads both, each repetition takes the place of what it repeats.

use std::collections::BTreeSet;

use arumbae_domain::Scope;
use arumbae_domain::schema::{Document, RecordId, reserved};
use arumbae_mergelog::author;

use crate::error::{Result, StoreError};
use crate::log_reader::Unseen;
use crate::opening::Store;
use crate::saving::Author;
use crate::tables::{lane, record, save_list};
use crate::views::{Conflict, SaveOutcome};

impl Store {
    /// Moves a record with its parts to another scope, or decides between moves that disagree; in one transaction, with
    /// a save on the lane of every scope that the record was ever in, as far as the user may write there. Returns the
    /// save where it went. The reason stands in each.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecord`]; [`StoreError::Undecided`] as long as it holds something a person has yet to decide
    /// or a later version has written, since neither could be repeated as it is. Those of [`save`](Store::save).
    pub fn rehome(&mut self, record: RecordId, to: &Scope, reason: &str, now_ms: u64) -> Result<SaveOutcome> {
        let view = self.document(record)?.filter(|view| !view.deleted).ok_or(StoreError::NoSuchRecord)?;
        let undecided = |conflict: &Conflict| conflict.field != reserved::SCOPE;
        if view.conflicts.iter().any(undecided) || view.holds_later {
            return Err(StoreError::Undecided);
        }
        let from = view.scope;
        let mut parts = vec![record];
        collect_parts(&view.document, &mut parts);
        let mut states = Vec::new();
        for id in parts {
            states.push((id, record::stored(&self.connection, id)?.ok_or(StoreError::NoSuchRecord)?.state()?));
        }
        // Whoever saw it come or go learns where it went.
        let mut leaving = self.written_in(record)?;
        leaving.retain(|scope| self.may_write(scope));
        leaving.insert(from.clone());
        leaving.remove(to);
        let mut moves = Vec::new();
        let mut copies = Vec::new();
        for (id, state) in &states {
            copies.extend(author::repeat(*id, state));
            moves.extend(author::rehome(*id, state, &from, to, if *id == record { reason } else { "" }));
        }
        copies.extend(moves.iter().cloned());
        let leaving: Vec<Author> = leaving.iter().map(|scope| self.as_author(scope)).collect();
        let arriving = self.as_author(to);
        self.write(|tx| {
            for author in leaving {
                author.save_in_tx(tx, moves.clone(), &Unseen::new(), now_ms)?;
            }
            arriving.save_in_tx(tx, copies, &Unseen::new(), now_ms)
        })
    }
}

impl Store {
    /// The scopes in whose lanes something was written on a record.
    fn written_in(&self, record: RecordId) -> Result<BTreeSet<Scope>> {
        let saves = save_list::of_record(&self.connection, record)?;
        let lanes: BTreeSet<i64> = saves.places().map(|(lane, _)| lane).collect();
        lanes.into_iter().map(|rid| Ok(lane::get(&self.connection, rid)?.lane.scope)).collect()
    }
}

/// The parts of a record that stand, its own first.
fn collect_parts(document: &Document, parts: &mut Vec<RecordId>) {
    for child in document.children.values().flatten() {
        parts.push(child.id);
        collect_parts(child, parts);
    }
}
