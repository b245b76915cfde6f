//! From operations to rows: the only place where records, parts, conflicts, indexes are written.
//!
//! Everything here is a function of the *set* of operations applied so far. The order they come in, whether one
//! save at a time or a thousand segments, and whether some come twice, never shows in the rows.

use std::collections::BTreeSet;

use arumbae_domain::schema::{FieldNo, FieldType, RecordId};
use arumbae_mergelog::KindNo;
use rusqlite::Transaction;

use crate::ahead::for_each_ahead;
use crate::derivation::{Added, AddedUp, Applied, Arrival, Derived, applied, derive};
use crate::error::Result;
use crate::tables::lane::LaneRow;
use crate::tables::record::{Place, StoredRow};
use crate::tables::{blob, conflict, lane, part, record, reference, search};

/// The version of this module, of [`derivation`](crate::derivation) and of [`headline`](crate::headline): raised whenever rows would come out
/// differently, or a kind or operation became known. A store whose rows another version made rebuilds them.
pub(crate) const VERSION: u32 = 4;

/// Parts of parts are followed so far; our own records have one level.
const DEEPEST_PART: usize = 6;

/// What an application changed.
#[derive(Debug, Default)]
pub(crate) struct Materialised {
    pub records: Vec<RecordId>,
    pub new_conflicts: usize,
    /// Records on which something was written outside their scope, or of which it now shows that it was.
    pub crossed: Vec<RecordId>,
    /// Whether a record was moved, or made after others had written on it.
    pub relocated: bool,
}

/// Applies saves, grouped by record so that each row is read and written once.
pub(crate) fn apply_in_tx(tx: &Transaction<'_>, arrivals: &[Arrival<'_>]) -> Result<Materialised> {
    let mut operations: Vec<Applied<'_>> = arrivals.iter().flat_map(applied).collect();
    // Stable: what one lane did to a record stays in its order, which costs the state the least.
    operations.sort_by_key(|applied| applied.op.record());
    let groups = operations.chunk_by(|one, other| one.op.record() == other.op.record());
    add_in_tx(tx, groups.map(Added::Operations).collect())
}

/// Joins what snapshots know of records into their rows; no record may occur twice.
pub(crate) fn join_in_tx(tx: &Transaction<'_>, added_up: &[AddedUp<'_>]) -> Result<Materialised> {
    add_in_tx(tx, added_up.iter().map(Added::AddedUp).collect())
}

fn add_in_tx(tx: &Transaction<'_>, added: Vec<Added<'_>>) -> Result<Materialised> {
    let own_lanes = lane::own_receipted(tx)?;
    let mut merge = Merge {
        tx,
        next_rid: record::next_rid(tx)?,
        unsettled: BTreeSet::new(),
        trees: BTreeSet::new(),
        outcome: Materialised::default(),
    };
    for_each_ahead(
        added.into_iter().map(|added| Ok((added.record(), record::stored(tx, added.record())?, added))),
        |(id, stored, added)| {
            let derived = derive(stored.as_ref(), &added, &own_lanes);
            (id, stored, derived)
        },
        |(id, stored, derived)| merge.write(id, stored, derived?),
    )?;
    merge.settle_roots()?;
    merge.trees.iter().try_for_each(|root| record::sum_up_tree(tx, *root))?;
    Ok(merge.outcome)
}

/// One application of saves, within one transaction.
struct Merge<'a> {
    tx: &'a Transaction<'a>,
    next_rid: i64,
    /// Parts whose place may have changed.
    unsettled: BTreeSet<RecordId>,
    /// Roots whose sums may have changed because something under them did.
    trees: BTreeSet<i64>,
    outcome: Materialised,
}

impl Merge<'_> {
    fn write(&mut self, id: RecordId, stored: Option<StoredRow>, derived: Derived<'_>) -> Result<()> {
        let tx = self.tx;
        let fresh = stored.is_none();
        let Place { rid, root: root_before, mut scope, mut created_lane, conflicts: conflicts_before } = match stored {
            Some(stored) => stored.place,
            None => self.new_place(),
        };
        if let Some(lane) = derived.created_in
            && is_earlier(tx, lane, created_lane)?
        {
            created_lane = Some(lane.rid);
            scope = Some(lane.lane.scope.to_string());
        }
        if let Some(moved_to) = &derived.moved_to {
            scope = Some(moved_to.to_string());
        }
        let conflicts = derived.undecided.len() as u32;
        if conflicts > 0 || conflicts_before > 0 {
            conflict::replace(tx, id, &derived.undecided)?;
        }
        if !fresh || !derived.parts.is_empty() {
            self.unsettled.extend(part::replace(tx, id, &derived.parts)?);
        }
        if !fresh || !derived.named.blobs.is_empty() {
            blob::replace_references(tx, id, &derived.named.blobs)?;
        }
        if !fresh || !derived.named.records.is_empty() {
            reference::replace(tx, id, &derived.named.records)?;
        }
        if derived.reworded {
            search::note_changed(tx, rid)?;
        }

        let stands_alone = derived.kind.and_then(KindNo::known).is_some_and(|kind| kind.is_top_level());
        let root = if stands_alone { Some(rid) } else { root_before };
        if root != Some(rid) {
            self.unsettled.insert(id);
        } else if !derived.parts.is_empty() {
            self.trees.insert(rid);
            if root != root_before && !fresh {
                self.unsettled.extend(part::children(tx, id)?);
            }
        }
        let made_late = !fresh && derived.created_in.is_some();
        let outside = |here: &str| derived.written_in.iter().any(|lane| is_outside(lane, here, created_lane));
        if made_late || scope.as_deref().is_some_and(outside) {
            self.outcome.crossed.push(id);
        }
        self.outcome.relocated |= made_late || derived.moved_to.is_some();
        record::write(tx, id, &Place { rid, root, scope, created_lane, conflicts }, &derived)?;
        self.outcome.new_conflicts += conflicts.saturating_sub(conflicts_before) as usize;
        self.outcome.records.push(id);
        Ok(())
    }

    fn new_place(&mut self) -> Place {
        let rid = self.next_rid;
        self.next_rid += 1;
        Place { rid, root: None, scope: None, created_lane: None, conflicts: 0 }
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
                // Its words are looked for in what it is a part of: no longer there, from now on here.
                for row in standing.root.into_iter().chain([standing.rid]) {
                    search::note_changed(self.tx, row)?;
                }
                self.unsettled.extend(part::children(self.tx, id)?);
            }
        }
        Ok(())
    }
}

/// Whether a lane lies outside of a scope. What the record was made with is where the record is.
fn is_outside(lane: &LaneRow, scope: &str, created_lane: Option<i64>) -> bool {
    created_lane != Some(lane.rid) && lane.lane.scope.to_string() != scope
}

/// Whether a creation in this lane counts before the one known so far: the smallest lane's does.
fn is_earlier(tx: &Transaction<'_>, lane: &LaneRow, known: Option<i64>) -> Result<bool> {
    Ok(match known {
        None => true,
        Some(known) => known != lane.rid && lane.id < lane::get(tx, known)?.id,
    })
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
