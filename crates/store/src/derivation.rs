//! What a record's rows say: a pure function of what they said before and of the operations that came.
//!
//! Nothing here asks the database, so records are derived on other cores while their rows are read and written.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, Value, reserved};
use arumbae_mergelog::state::{INITIAL_STATUS, Status};
use arumbae_mergelog::{KindNo, OpId, Operation, RecordState, Save, Stamp};

use crate::error::Result;
use crate::headline::{Headline, headline};
use crate::searching::may_reword;
use crate::tables::lane::LaneRow;
use crate::tables::part::Parts;
use crate::tables::record::{StoredRow, pack_state};
use crate::tables::save_list::{SaveList, SavePlace};

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

/// An operation with the save it came in.
pub(crate) struct Applied<'a> {
    pub arrival: &'a Arrival<'a>,
    pub id: OpId,
    pub op: &'a Operation,
}

/// The operations of a save.
pub(crate) fn applied<'a>(arrival: &'a Arrival<'a>) -> impl Iterator<Item = Applied<'a>> {
    // The log's limits keep a save within 65,536 operations.
    arrival.save.ops.iter().enumerate().map(|(index, op)| Applied {
        arrival,
        id: OpId { lane: arrival.lane.id, seq: arrival.save.seq, index: index as u16 },
        op,
    })
}

/// Up to which save each own lane has receipts, by the lane's place in its table.
pub(crate) type OwnLanes = BTreeMap<i64, u64>;

/// A record's rows as they are to be.
pub(crate) struct Derived<'a> {
    pub kind: Option<KindNo>,
    pub headline: Headline,
    pub status: Option<String>,
    pub needs_decision: bool,
    pub deleted: bool,
    pub revived: bool,
    /// The last change, by its author's clock as far as it is believed.
    pub changed_ms: u64,
    /// Whether an own save of it has no receipt.
    pub waiting: bool,
    /// Every field, the status and the scope included, that holds more than one value, with its heads.
    pub undecided: Vec<(FieldNo, Vec<OpId>)>,
    pub parts: Parts,
    pub named: Named,
    /// The lane of the creation among what was added; of several, the one with the smallest identity.
    pub created_in: Option<&'a LaneRow>,
    /// The lanes the operations came in.
    pub written_in: Vec<&'a LaneRow>,
    /// Where the record was moved to.
    pub moved_to: Option<Scope>,
    /// Whether it may have to be found by other words than before.
    pub reworded: bool,
    pub saves: Vec<u8>,
    pub state: Vec<u8>,
}

/// What comes to a record: operations, or what operations add up to.
pub(crate) enum Added<'a> {
    Operations(&'a [Applied<'a>]),
    AddedUp(&'a AddedUp<'a>),
}

/// A record as a snapshot knows it, its lanes found in their table.
pub(crate) struct AddedUp<'a> {
    pub record: RecordId,
    pub state: RecordState,
    pub saves: Vec<(SavePlace, u64)>,
    /// The lane of the creation, if it is among what was added up.
    pub created_in: Option<&'a LaneRow>,
}

impl<'a> Added<'a> {
    pub fn record(&self) -> RecordId {
        match self {
            Added::Operations(operations) => operations[0].op.record(),
            Added::AddedUp(added_up) => added_up.record,
        }
    }

    /// Returns the lane of the creation among it; of several, the one with the smallest identity.
    fn add_to(&self, state: &mut RecordState, saves: &mut SaveList) -> Option<&'a LaneRow> {
        let mut created_in: Option<&LaneRow> = None;
        match self {
            Added::Operations(operations) => {
                for Applied { arrival, id, op } in *operations {
                    state.apply(*id, arrival.stamp(), op);
                    saves.insert((arrival.lane.rid, arrival.save.seq), arrival.at_ms());
                    if let Operation::Create { .. } = op
                        && created_in.is_none_or(|known| arrival.lane.id < known.id)
                    {
                        created_in = Some(arrival.lane);
                    }
                }
            }
            Added::AddedUp(added_up) => {
                state.join(&added_up.state);
                added_up.saves.iter().for_each(|(place, at_ms)| saves.insert(*place, *at_ms));
                created_in = added_up.created_in;
            }
        }
        created_in
    }

    /// The lanes the operations came in. What is in a scope's snapshot was made in that scope.
    fn written_in(&self) -> Vec<&'a LaneRow> {
        let Added::Operations(operations) = self else { return Vec::new() };
        let runs = operations.chunk_by(|one, next| one.arrival.lane.rid == next.arrival.lane.rid);
        runs.map(|run| run[0].arrival.lane).collect()
    }

    fn may_reword(&self) -> bool {
        match self {
            Added::Operations(operations) => operations.iter().any(|applied| may_reword(applied.op)),
            Added::AddedUp(_) => true,
        }
    }
}

/// Adds to what a record's row holds.
pub(crate) fn derive<'a>(stored: Option<&StoredRow>, added: &Added<'a>, own_lanes: &OwnLanes) -> Result<Derived<'a>> {
    let (mut state, mut saves) = match stored {
        Some(stored) => (stored.state()?, stored.saves()?),
        None => (RecordState::new(), SaveList::default()),
    };
    let created_in = added.add_to(&mut state, &mut saves);
    let kind = state.kind();
    let known_kind = kind.and_then(KindNo::known);
    let stands_alone = known_kind.is_some_and(|kind| kind.is_top_level());
    let status = state.status();
    Ok(Derived {
        kind,
        headline: known_kind.map(|kind| headline(kind, &state)).unwrap_or_default(),
        status: status.effective.or_else(|| stands_alone.then_some(INITIAL_STATUS)).map(str::to_owned),
        needs_decision: status.needs_decision,
        deleted: state.is_deleted(),
        revived: state.revived(),
        changed_ms: saves.last_ms(),
        waiting: saves.places().any(|(lane, seq)| own_lanes.get(&lane).is_some_and(|last| seq > *last)),
        undecided: undecided(&state, &status, stands_alone),
        parts: parts(&state),
        named: named(&state),
        created_in,
        written_in: added.written_in(),
        moved_to: state.scope().cloned(),
        reworded: added.may_reword(),
        saves: saves.encode(),
        state: pack_state(&state),
    })
}

fn undecided(state: &RecordState, status: &Status<'_>, stands_alone: bool) -> Vec<(FieldNo, Vec<OpId>)> {
    let place = state.place();
    let status = status.needs_decision.then(|| (reserved::STATUS, status.heads.iter().map(|head| head.id).collect()));
    let place = (stands_alone && place.needs_decision)
        .then(|| (reserved::SCOPE, place.heads.iter().map(|head| head.id).collect()));
    let fields = state.conflicts().map(|(field, view)| (field, view.heads.iter().map(|head| head.id).collect()));
    status.into_iter().chain(place).chain(fields).collect()
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

/// The field with the length of the record's file, by name.
const BYTE_LENGTH: &str = "byte_length";

/// The field with the small picture that travels ahead of the record's file, by name.
const PREVIEW: &str = "preview";

/// What a record's fields name outside of it.
#[derive(Default)]
pub(crate) struct Named {
    /// Attachments, with their lengths where the log says them.
    pub blobs: BTreeMap<BlobHash, Option<u64>>,
    pub records: BTreeSet<RecordId>,
}

/// The length that the record says its file has; it is that of the file, not that of its preview.
fn length_of_file(state: &RecordState, file: FieldNo) -> Option<u64> {
    let kind = state.kind().and_then(KindNo::known)?.definition();
    let length = kind.fields.iter().find(|field| field.name == BYTE_LENGTH)?;
    match *state.value(length.number) {
        Value::Integer(length) if kind.field(file)?.name != PREVIEW => length.try_into().ok(),
        _ => None,
    }
}

fn named(state: &RecordState) -> Named {
    let mut named = Named::default();
    for (number, view) in state.fields() {
        for head in &view.heads {
            match &head.value {
                Value::Blob(hash) => drop(named.blobs.insert(*hash, length_of_file(state, number))),
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
