//! Reading: records with their parts, lists, search, conflicts, histories.

use arumbae_domain::schema::{RecordId, RecordKind};
use uuid::Uuid;

use crate::error::Result;
use crate::opening::Store;
use crate::views::{Conflict, HistoryEntry, ListQuery, Page, RecordRow, RecordView};

impl Store {
    /// A record with everything under it, or the part with what is under that; `None` if it is not known here.
    pub fn document(&self, record: RecordId) -> Result<Option<RecordView>> { let _ = record; unimplemented!() }

    /// Records of a kind, the latest change first.
    pub fn list(&self, kind: RecordKind, query: &ListQuery) -> Result<Page<RecordRow>> { let _ = (kind, query); unimplemented!() }

    /// Records of any kind that hold all words of `text` in themselves or in a part, best match first.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<RecordRow>> { let _ = (text, limit); unimplemented!() }

    /// Every field of every record that holds more than one value.
    pub fn conflicts(&self) -> Result<Vec<Conflict>> { unimplemented!() }

    /// The saves that made a record what it is, oldest first.
    pub fn history(&self, record: RecordId) -> Result<Vec<HistoryEntry>> { let _ = record; unimplemented!() }

    /// A person's name as far as this device knows it: from the registry, else from its own users.
    pub fn name_of(&self, person: Uuid) -> Option<String> { let _ = person; unimplemented!() }
}
