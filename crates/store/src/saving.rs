//! Writing: what a person did becomes one save on the device's own lane.
//!
//! One transaction authors the operations against the records as they stand, numbers and stamps the save, keeps it
//! in the log and makes the rows follow. When a function here returns, the save is on the disk.

use std::collections::HashMap;

use arumbae_domain::Scope;
use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, RecordId, Value};
use arumbae_mergelog::{Lane, LaneId, Operation, RecordState, Save, author, leaf};
use rusqlite::Transaction;
use uuid::Uuid;

use crate::derivation::Arrival;
use crate::error::{Result, StoreError};
use crate::log_reader::{LogReader, Unseen};
use crate::materialise::apply_in_tx;
use crate::opening::Store;
use crate::reading::deleted_in;
use crate::tables::lane::LaneRow;
use crate::tables::{installation, lane, pending_save, record};
use crate::version::Version;
use crate::views::{SaveContext, SaveOutcome};

/// The version of the record schema that saves are written with.
const SCHEMA_VERSION: u16 = 1;

/// Later moments do not fit the log's 48 bits; a clock beyond the year 6000 is read as this.
pub(crate) const LATEST_MS: u64 = (1 << 47) - 1;

impl Store {
    /// Writes changes as one save; durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Unwriteable`] if the changes exceed what one save can hold; [`StoreError::DiskFull`]. Nothing of
    /// them is then written.
    pub fn save(&mut self, changes: &[Change], context: &SaveContext) -> Result<SaveOutcome> {
        self.author(context, |seen| {
            let mut states = HashMap::new();
            for id in changes.iter().flat_map(named_by) {
                if !states.contains_key(&id)
                    && let Some(state) = seen.find(id)?
                {
                    states.insert(id, state);
                }
            }
            Ok(author::operations(changes, &|id| states.get(&id).cloned()))
        })
    }

    /// Moves a record in its workflow, from the status shown here.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecord`], and those of [`save`](Store::save).
    pub fn transition(
        &mut self,
        record: RecordId,
        to: &str,
        reason: &str,
        context: &SaveContext,
    ) -> Result<SaveOutcome> {
        self.author(context, |seen| Ok(vec![author::transition(record, &seen.get(record)?, to, reason)]))
    }

    /// Settles a conflict with one of its values or another; every value shown here is superseded.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecord`], and those of [`save`](Store::save).
    pub fn resolve(
        &mut self,
        record: RecordId,
        field: FieldNo,
        choice: Value,
        note: &str,
        context: &SaveContext,
    ) -> Result<SaveOutcome> {
        self.author(context, |seen| Ok(vec![author::resolve(record, &seen.get(record)?, field, choice, note)]))
    }

    /// Deletes a record with its parts as they are shown here; an edit of any of them that nobody here has seen brings
    /// the record back, to be reviewed.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecord`], and those of [`save`](Store::save).
    pub fn delete(&mut self, record: RecordId, reason: &str, context: &SaveContext) -> Result<SaveOutcome> {
        let members: Vec<RecordId> = self.members(record)?.into_keys().collect();
        self.author(context, |seen| {
            let mut ops = vec![author::delete(record, &seen.get(record)?, reason)];
            for part in members.into_iter().filter(|member| *member != record) {
                if let Some(state) = seen.find(part)?.filter(|state| !state.is_deleted()) {
                    ops.push(author::delete(part, &state, reason));
                }
            }
            Ok(ops)
        })
    }

    /// Takes the deletions of a record back, with those of the parts that went with it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecord`], and those of [`save`](Store::save).
    pub fn restore(&mut self, record: RecordId, context: &SaveContext) -> Result<SaveOutcome> {
        let members: Vec<RecordId> = self.members(record)?.into_keys().collect();
        self.author(context, |seen| {
            let state = seen.get(record)?;
            let gone_with = deleted_in(&state);
            let mut ops = vec![author::restore(record, &state)];
            for part in members.into_iter().filter(|member| *member != record) {
                if let Some(state) = seen.find(part)?.filter(|state| !deleted_in(state).is_disjoint(&gone_with)) {
                    ops.push(author::restore(part, &state));
                }
            }
            Ok(ops)
        })
    }

    pub(crate) fn as_author(&self, scope: &Scope) -> Author {
        Author {
            lane: self.lane(scope),
            actor: self.profile.person_id,
            // The log has 32 bits for it: more entries than a province will ever have.
            policy_epoch: u32::try_from(self.registry.seq()).unwrap_or(u32::MAX),
        }
    }

    fn author(
        &mut self,
        context: &SaveContext,
        operations: impl FnOnce(&mut Seen<'_>) -> Result<Vec<Operation>>,
    ) -> Result<SaveOutcome> {
        let author = self.as_author(&context.scope);
        let now_ms = context.now_ms;
        self.write(|tx| {
            let mut seen =
                Seen { tx, version: context.seen.as_ref(), log: LogReader::default(), unseen: Unseen::new() };
            let ops = operations(&mut seen)?;
            author.save_in_tx(tx, ops, &seen.unseen, now_ms)
        })
    }
}

/// Whoever is at the keyboard, writing into a scope.
pub(crate) struct Author {
    lane: Lane,
    actor: Uuid,
    policy_epoch: u32,
}

impl Author {
    pub(crate) fn save_in_tx(
        self,
        tx: &Transaction<'_>,
        ops: Vec<Operation>,
        unseen: &Unseen,
        now_ms: u64,
    ) -> Result<SaveOutcome> {
        let row = lane::find_or_insert(tx, &self.lane, true)?;
        let last = installation::hlc(tx)?;
        if ops.is_empty() {
            return Ok(SaveOutcome { lane: self.lane, seq: row.next_save - 1, hlc: last, operations: 0 });
        }
        let hlc = last.tick(now_ms.min(LATEST_MS));
        installation::set_hlc(tx, hlc)?;
        let save = Save {
            seq: row.next_save,
            hlc,
            actor: self.actor,
            policy_epoch: self.policy_epoch,
            schema_version: SCHEMA_VERSION,
            deps: name_seen_in_tx(tx, &row, unseen)?,
            ops,
        };
        leaf::check_limits(&save).map_err(|error| StoreError::Unwriteable(Box::new(error)))?;
        pending_save::insert(tx, row.rid, &save)?;
        lane::set_next_save(tx, row.rid, save.seq + 1)?;
        apply_in_tx(tx, &[Arrival { lane: &row, save: &save, received_ms: None }])?;
        Ok(SaveOutcome { lane: self.lane, seq: save.seq, hlc, operations: save.ops.len() })
    }
}

/// What the author has seen of the other lanes, as far as the saves of this one have not said it; and that this lane
/// grew.
fn name_seen_in_tx(tx: &Transaction<'_>, row: &LaneRow, unseen: &Unseen) -> Result<Vec<(LaneId, u64)>> {
    let mut seen = lane::grown_since(tx, row.rid, row.sighting)?;
    let now = installation::next_sighting(tx)?;
    lane::set_sighting(tx, row.rid, now)?;
    lane::set_grown(tx, row.rid, now)?;
    let behind: Vec<_> = unseen.iter().filter(|(rid, _)| **rid != row.rid).collect();
    if !behind.is_empty() {
        // What this form had not shown, the next save has seen.
        let next = installation::next_sighting(tx)?;
        for (rid, first) in behind {
            seen.insert(lane::get(tx, *rid)?.id, first - 1);
            lane::set_grown(tx, *rid, next)?;
        }
    }
    Ok(seen.into_iter().collect())
}

/// The records as the author had them before their eyes.
struct Seen<'a> {
    tx: &'a Transaction<'a>,
    version: Option<&'a Version>,
    log: LogReader,
    /// Of the records at hand.
    unseen: Unseen,
}

impl Seen<'_> {
    fn find(&mut self, id: RecordId) -> Result<Option<RecordState>> {
        let Some(row) = record::stored(self.tx, id)? else { return Ok(None) };
        let then = match self.version {
            Some(version) => self.log.state_at(self.tx, id, &row.saves()?, version)?,
            None => None,
        };
        let Some((state, unseen)) = then else { return row.state().map(Some) };
        for (lane, first) in unseen {
            let known = self.unseen.entry(lane).or_insert(first);
            *known = first.min(*known);
        }
        Ok(Some(state))
    }

    fn get(&mut self, id: RecordId) -> Result<RecordState> {
        self.find(id)?.ok_or(StoreError::NoSuchRecord)
    }
}

/// The records whose present state authoring a change depends on.
fn named_by(change: &Change) -> impl Iterator<Item = RecordId> + use<> {
    let (record, child) = match change {
        Change::Create { record, kind: _ }
        | Change::Set { record, field: _, value: _ }
        | Change::Revise { record, field: _, text: _ }
        | Change::AddElement { record, list: _, value: _ }
        | Change::RemoveElement { record, list: _, value: _ } => (*record, None),
        Change::AddChild { record, list: _, child } | Change::RemoveChild { record, list: _, child } => {
            (*record, Some(*child))
        }
    };
    std::iter::once(record).chain(child)
}

#[cfg(test)]
pub(crate) mod tests {
    use arumbae_domain::schema::RecordKind;
    use arumbae_domain::{RegionCode, Scope};
    use rand_core::OsRng;

    use super::*;
    use crate::key_slots::KeyStretching;
    use crate::opening::NewStore;
    use crate::views::Profile;

    /// A new store in a temporary folder, and where it writes.
    pub(crate) fn new_store() -> (tempfile::TempDir, Store, SaveContext) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let district: RegionCode = "81.71.01".parse().expect("a district");
        let owner = Profile {
            person_id: Uuid::now_v7(),
            name: "Penguji".to_owned(),
            position: String::new(),
            district: district.clone(),
            staff_number: String::new(),
            address: String::new(),
        };
        let new = NewStore { owner, passphrase: "sagu", stretching: KeyStretching::LEAST };
        let store = Store::create(dir.path(), new, &mut OsRng).expect("created");
        (dir, store, SaveContext { now_ms: 1, scope: Scope::open(district), seen: None })
    }

    #[test]
    fn a_full_disk_undoes_the_save_as_a_whole() {
        let (_dir, mut store, context) = new_store();
        let record = RecordId(Uuid::now_v7());
        let create = Change::Create { record, kind: RecordKind::SupervisionReport };
        store.save(&[create], &context).expect("there is space");
        let before = store.state_fingerprint().expect("readable");

        let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).expect("known");
        store.connection.pragma_update(None, "max_page_count", pages).expect("no more space");
        let long = Change::Revise { record, field: FieldNo(40), text: "Uraian panjang. ".repeat(20_000) };
        let refused = store.save(std::slice::from_ref(&long), &context);
        assert!(matches!(refused, Err(StoreError::DiskFull)), "got {refused:?}");
        assert_eq!(store.state_fingerprint().expect("readable"), before, "nothing of it was written");

        store.connection.pragma_update(None, "max_page_count", i32::MAX).expect("space again");
        assert_eq!(store.save(&[long], &context).expect("now it fits").seq, 2, "no number was used up");
    }

    #[test]
    fn a_save_beyond_the_logs_limits_is_refused_before_it_is_acknowledged() {
        let (_dir, mut store, context) = new_store();
        let huge = Change::Revise { record: RecordId(Uuid::now_v7()), field: FieldNo(40), text: "x".repeat(8 << 20) };
        assert!(matches!(store.save(&[huge], &context), Err(StoreError::Unwriteable(_))));
        assert_eq!(store.sync_summary().expect("readable").waiting_saves, 0);
    }
}
