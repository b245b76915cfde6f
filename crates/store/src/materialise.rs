//! From operations to rows: the only place where records, parts, conflicts, indexes are written.
//!
//! Everything here is a function of the *set* of operations applied so far. The order they come in, whether one
//! save at a time or a thousand segments, and whether some come twice, never shows in the rows.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::schema::{BlobHash, FieldNo, FieldType, RecordId, Value, reserved};
use arumbae_mergelog::{OpId, Operation, RecordState, Save, Stamp};
use rusqlite::Transaction;

use crate::error::Result;
use crate::headline::headline;
use crate::searching::may_reword;
use crate::tables::lane::LaneRow;
use crate::tables::part::Parts;
use crate::tables::record::{RecordRow, RecordUpdate};
use crate::tables::{blob, conflict, lane, part, record, reference, save_index, search};

/// The version of this module and of [`headline`](crate::headline): raised whenever rows would come out
/// differently, or a kind or operation became known. A store whose rows another version made rebuilds them.
pub(crate) const VERSION: u32 = 1;

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
    let mut by_record: BTreeMap<RecordId, Vec<(&Arrival<'_>, OpId, &Operation)>> = BTreeMap::new();
    for arrival in arrivals {
        for (index, op) in arrival.save.ops.iter().enumerate() {
            // The log's limits keep a save within 65,536 operations.
            let id = OpId { lane: arrival.lane.id, seq: arrival.save.seq, index: index as u16 };
            by_record.entry(op.record()).or_default().push((arrival, id, op));
        }
    }
    let mut outcome = Materialised::default();
    let mut unsettled = BTreeSet::new();
    for (id, operations) in &by_record {
        let (children, new_conflicts) = apply_to_record_in_tx(tx, *id, operations)?;
        outcome.new_conflicts += new_conflicts;
        unsettled.insert(*id);
        unsettled.extend(children);
    }
    settle_roots_in_tx(tx, unsettled)?;
    outcome.records = by_record.into_keys().collect();
    Ok(outcome)
}

/// Returns the children whose place changed, and how many fields became undecided.
fn apply_to_record_in_tx(
    tx: &Transaction<'_>,
    id: RecordId,
    operations: &[(&Arrival<'_>, OpId, &Operation)],
) -> Result<(Vec<RecordId>, usize)> {
    let (known, fresh) = match record::find(tx, id)? {
        Some(known) => (known, false),
        None => {
            let rid = record::insert_empty(tx, id)?;
            (RecordRow { rid, created_lane: None, conflicts: 0, state: RecordState::new() }, true)
        }
    };
    let RecordRow { rid, mut created_lane, conflicts: conflicts_before, mut state } = known;
    let mut indexed = None;
    for (arrival, operation, op) in operations {
        state.apply(*operation, arrival.stamp(), op);
        if let Operation::Create { .. } = op {
            created_lane = Some(created_lane.map_or(arrival.lane.id, |known| known.min(arrival.lane.id)));
        }
        let save = (arrival.lane.rid, arrival.save.seq);
        if indexed.replace(save) != Some(save) {
            save_index::insert(tx, rid, arrival.lane.rid, arrival.save.seq, arrival.at_ms())?;
        }
    }

    let undecided = undecided(&state);
    if !undecided.is_empty() || conflicts_before > 0 {
        conflict::replace(tx, id, &undecided)?;
    }
    let kind = state.kind().and_then(|kind| kind.known());
    let parts = parts(&state);
    let moved = if fresh && parts.is_empty() { Vec::new() } else { part::replace(tx, id, &parts)? };
    let named = named(&state);
    if !fresh || !named.blobs.is_empty() {
        blob::replace_references(tx, id, &named.blobs)?;
    }
    if !fresh || !named.records.is_empty() {
        reference::replace(tx, id, &named.records)?;
    }
    if operations.iter().any(|(_, _, op)| may_reword(op)) {
        search::note_changed(tx, rid)?;
    }
    let scope = match (state.scope(), created_lane) {
        (Some(scope), _) => Some(scope.to_string()),
        (None, Some(lane)) => lane::find(tx, lane)?.map(|lane| lane.lane.scope.to_string()),
        (None, None) => None,
    };
    record::update(
        tx,
        &RecordUpdate {
            rid,
            kind: state.kind(),
            scope,
            created_lane,
            headline: kind.map(|kind| headline(kind, &state)).unwrap_or_default(),
            conflicts: undecided.len() as u32,
            state: &state,
        },
    )?;
    Ok((moved, undecided.len().saturating_sub(conflicts_before as usize)))
}

/// Every field, the status included, that holds more than one value.
fn undecided(state: &RecordState) -> Vec<(FieldNo, Vec<OpId>)> {
    let status = state.status();
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

/// Finds the root of each record anew, of whatever that moves too, and sums the trees up.
fn settle_roots_in_tx(tx: &Transaction<'_>, mut unsettled: BTreeSet<RecordId>) -> Result<()> {
    let mut trees = BTreeSet::new();
    while let Some(id) = unsettled.pop_first() {
        let Some(standing) = record::standing(tx, id)? else { continue };
        let root = root_of(tx, id, DEEPEST_PART)?;
        trees.extend(root);
        if root != standing.root {
            trees.extend(standing.root);
            record::set_root(tx, id, root)?;
            unsettled.extend(part::children(tx, id)?);
        }
    }
    trees.into_iter().try_for_each(|root| record::sum_up_tree(tx, root))
}

/// The record that stands alone and has this one under it. A walk upwards, so that no order of arrival shows.
fn root_of(tx: &Transaction<'_>, id: RecordId, steps_left: usize) -> Result<Option<RecordId>> {
    let Some(standing) = record::standing(tx, id)? else { return Ok(None) };
    if standing.kind.and_then(|kind| kind.known()).is_some_and(|kind| kind.is_top_level()) {
        return Ok(Some(id));
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
