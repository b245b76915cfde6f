//! From operations to rows: the only place where records, parts, conflicts, indexes are written.
//!
//! Everything here is a function of the *set* of operations applied so far. The order they come in, whether one
//! save at a time or a thousand segments, and whether some come twice, never shows in the rows.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldNo, FieldType, RecordId, Value, reserved};
use arumbae_mergelog::state::Status;
use arumbae_mergelog::{OpId, Operation, RecordState, Save, Stamp};
use rusqlite::Transaction;

use crate::error::Result;
use crate::headline::headline;
use crate::searching::may_reword;
use crate::tables::lane::LaneRow;
use crate::tables::part::Parts;
use crate::tables::record::{RecordRow, WholeRow};
use crate::tables::save_list::SaveList;
use crate::tables::{blob, conflict, lane, part, record, reference, search};

/// The version of this module and of [`headline`](crate::headline): raised whenever rows would come out
/// differently, or a kind or operation became known. A store whose rows another version made rebuilds them.
pub(crate) const VERSION: u32 = 2;

/// Parts of parts are followed so far; our own records have one level.
const DEEPEST_PART: usize = 6;

/// A save that is to become part of the records.
pub(crate) struct Arrival<'a> {
    pub lane: &'a LaneRow,
    pub save: &'a Save,
    /// When the server received it.
    pub received_ms: Option<u64>,
}

impl Arrival<'_> {
    fn stamp(&self) -> Stamp {
        Stamp { hlc: self.save.hlc, received_ms: self.received_ms, actor: self.save.actor }
    }

    /// The author's clock, believed only so far past the server's.
    fn at_ms(&self) -> u64 {
        self.stamp().order().millis()
    }
}

/// What an application changed.
#[derive(Debug, Default)]
pub(crate) struct Materialised {
    pub records: Vec<RecordId>,
    pub new_conflicts: usize,
}

/// Applies saves, grouped by record so that each row is read and written once.
pub(crate) fn apply_in_tx(tx: &Transaction<'_>, arrivals: &[Arrival<'_>]) -> Result<Materialised> {
    let mut operations: Vec<Applied<'_>> = arrivals.iter().flat_map(applied).collect();
    // Stable: what one lane did to a record stays in its order, which costs the state the least.
    operations.sort_by_key(|applied| applied.op.record());
    let mut merge = Merge {
        tx,
        own_lanes: lane::own_receipted(tx)?,
        next_rid: record::next_rid(tx)?,
        unsettled: BTreeSet::new(),
        trees: BTreeSet::new(),
        outcome: Materialised::default(),
    };
    for group in operations.chunk_by(|one, other| one.op.record() == other.op.record()) {
        merge.apply_to_record(group[0].op.record(), group)?;
    }
    merge.settle_roots()?;
    merge.trees.iter().try_for_each(|root| record::sum_up_tree(tx, *root))?;
    Ok(merge.outcome)
}

/// An operation with the save it came in.
struct Applied<'a> {
    arrival: &'a Arrival<'a>,
    id: OpId,
    op: &'a Operation,
}

fn applied<'a>(arrival: &'a Arrival<'a>) -> impl Iterator<Item = Applied<'a>> {
    // The log's limits keep a save within 65,536 operations.
    arrival.save.ops.iter().enumerate().map(|(index, op)| Applied {
        arrival,
        id: OpId { lane: arrival.lane.id, seq: arrival.save.seq, index: index as u16 },
        op,
    })
}

/// One application of saves, within one transaction.
struct Merge<'a> {
    tx: &'a Transaction<'a>,
    /// Up to which save each own lane has receipts.
    own_lanes: BTreeMap<i64, u64>,
    next_rid: i64,
    /// Parts whose place may have changed.
    unsettled: BTreeSet<RecordId>,
    /// Roots whose sums may have changed because something under them did.
    trees: BTreeSet<i64>,
    outcome: Materialised,
}

impl Merge<'_> {
    fn apply_to_record(&mut self, id: RecordId, operations: &[Applied<'_>]) -> Result<()> {
        let tx = self.tx;
        let known = record::find(tx, id)?;
        let fresh = known.is_none();
        let RecordRow {
            rid,
            root: root_before,
            mut scope,
            mut created_lane,
            conflicts: conflicts_before,
            mut saves,
            mut state,
        } = match known {
            Some(known) => known,
            None => self.new_row(),
        };
        for Applied { arrival, id: operation, op } in operations {
            state.apply(*operation, arrival.stamp(), op);
            saves.insert((arrival.lane.rid, arrival.save.seq), arrival.at_ms());
            if let Operation::Create { .. } = op
                && is_earlier(tx, arrival.lane, created_lane)?
            {
                created_lane = Some(arrival.lane.rid);
                scope = Some(arrival.lane.lane.scope.to_string());
            }
        }

        let status = state.status();
        let undecided = undecided(&state, &status);
        if !undecided.is_empty() || conflicts_before > 0 {
            conflict::replace(tx, id, &undecided)?;
        }
        let parts = parts(&state);
        if !fresh || !parts.is_empty() {
            self.unsettled.extend(part::replace(tx, id, &parts)?);
        }
        let named = named(&state);
        if !fresh || !named.blobs.is_empty() {
            blob::replace_references(tx, id, &named.blobs)?;
        }
        if !fresh || !named.records.is_empty() {
            reference::replace(tx, id, &named.records)?;
        }
        if operations.iter().any(|applied| may_reword(applied.op)) {
            search::note_changed(tx, rid)?;
        }

        let kind = state.kind().and_then(|kind| kind.known());
        let root = if kind.is_some_and(|kind| kind.is_top_level()) { Some(rid) } else { root_before };
        if root != Some(rid) {
            self.unsettled.insert(id);
        } else if !parts.is_empty() {
            self.trees.insert(rid);
            if root != root_before && !fresh {
                self.unsettled.extend(part::children(tx, id)?);
            }
        }
        let moved = state.scope().map(Scope::to_string);
        record::write(
            tx,
            &WholeRow {
                rid,
                id,
                root,
                scope: moved.as_deref().or(scope.as_deref()),
                created_lane,
                headline: kind.map(|kind| headline(kind, &state)).unwrap_or_default(),
                status: &status,
                conflicts: undecided.len() as u32,
                waiting: saves.places().any(|(lane, seq)| self.own_lanes.get(&lane).is_some_and(|last| seq > *last)),
                saves: &saves,
                state: &state,
            },
        )?;
        self.outcome.new_conflicts += undecided.len().saturating_sub(conflicts_before as usize);
        self.outcome.records.push(id);
        Ok(())
    }

    fn new_row(&mut self) -> RecordRow {
        let rid = self.next_rid;
        self.next_rid += 1;
        RecordRow {
            rid,
            root: None,
            scope: None,
            created_lane: None,
            conflicts: 0,
            saves: SaveList::default(),
            state: RecordState::new(),
        }
    }

    /// Finds the root of each part anew, and of whatever that moves too.
    fn settle_roots(&mut self) -> Result<()> {
        while let Some(id) = self.unsettled.pop_first() {
            let Some(standing) = record::standing(self.tx, id)? else { continue };
            let root = root_of(self.tx, id, DEEPEST_PART)?;
            self.trees.extend(root);
            if root != standing.root {
                self.trees.extend(standing.root);
                record::set_root(self.tx, standing.rid, root)?;
                self.unsettled.extend(part::children(self.tx, id)?);
            }
        }
        Ok(())
    }
}

/// Whether a creation in this lane counts before the one known so far: the smallest lane's does.
fn is_earlier(tx: &Transaction<'_>, lane: &LaneRow, known: Option<i64>) -> Result<bool> {
    Ok(match known {
        None => true,
        Some(known) => known != lane.rid && lane.id < lane::get(tx, known)?.id,
    })
}

/// Every field, the status included, that holds more than one value.
fn undecided(state: &RecordState, status: &Status<'_>) -> Vec<(FieldNo, Vec<OpId>)> {
    let status = status.needs_decision.then(|| (reserved::STATUS, status.heads.iter().map(|head| head.id).collect()));
    let fields = state.conflicts().map(|(field, view)| (field, view.heads.iter().map(|head| head.id).collect()));
    status.into_iter().chain(fields).collect()
}

fn parts(state: &RecordState) -> Parts {
    let mut parts = Parts::new();
    for list in state.lists() {
        let removed = state.removed_elements(list).into_iter().map(|element| (element, true));
        let present = state.elements(list).into_iter().map(|element| (element, false));
        for (element, removed) in removed.chain(present) {
            if let Value::Reference(child) = element {
                parts.insert((list, *child), removed);
            }
        }
    }
    parts
}

/// What a record's fields name outside of it.
#[derive(Default)]
struct Named {
    /// Attachments, with their lengths where the log says them.
    blobs: BTreeMap<BlobHash, Option<u64>>,
    records: BTreeSet<RecordId>,
}

fn named(state: &RecordState) -> Named {
    let mut named = Named::default();
    for (_, view) in state.fields() {
        for head in &view.heads {
            match &head.value {
                Value::Blob(hash) => drop(named.blobs.insert(*hash, None)),
                Value::Reference(record) => drop(named.records.insert(*record)),
                _ => {}
            }
        }
    }
    for attachment in state.attachments() {
        named.blobs.insert(attachment.blob, Some(attachment.byte_length));
    }
    named
}

/// The row of the record that stands alone and has this one under it. A walk upwards, so that no order of arrival
/// shows.
fn root_of(tx: &Transaction<'_>, id: RecordId, steps_left: usize) -> Result<Option<i64>> {
    let Some(standing) = record::standing(tx, id)? else { return Ok(None) };
    if standing.kind.and_then(|kind| kind.known()).is_some_and(|kind| kind.is_top_level()) {
        return Ok(Some(standing.rid));
    }
    if standing.deleted || steps_left == 0 {
        return Ok(None);
    }
    for parent in part::parents(tx, id)? {
        if let Some(root) = root_of(tx, parent, steps_left - 1)? {
            return Ok(Some(root));
        }
    }
    Ok(None)
}

/// Whether a field of this kind holds child records.
pub(crate) fn holds_children(kind: arumbae_domain::schema::RecordKind, list: FieldNo) -> bool {
    matches!(kind.definition().field(list), Some(field) if matches!(field.ty, FieldType::Children(_)))
}
