//! The log as the province hands it out, read by a device that does nothing else, and what it adds up to.
//!
//! This is the model everybody is held against: every save the province accepted, applied to [`RecordState`] one by
//! one, without a store, a database or an order of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arumbae_domain::Scope;
use arumbae_domain::schema::{FieldNo, RecordId, reserved};
use arumbae_mergelog::segment::SegmentHash;
use arumbae_mergelog::{
    DeviceKey, Digest, LaneCursor, LaneId, OpId, Operation, RecordState, Save, SealedSegment, SegmentError, Stamp,
    compression,
};
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{ScopeCursor, ScopeSegment, SyncRequest};
use arumbae_server::Province;
use uuid::Uuid;

use crate::ledger::marks_of;
use crate::simulation::Breach;

/// What one scope adds up to.
#[derive(Default)]
pub struct ScopeLog {
    /// The last number read.
    pub gsn: u64,
    /// The set of its segments.
    pub digest: Digest,
    /// Its records.
    pub states: BTreeMap<RecordId, RecordState>,
}

/// Where the province's log holds a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its number in its scope.
    pub gsn: u64,
    /// When the province had it.
    pub received_ms: u64,
    /// How many saves it holds.
    pub count: u32,
}

/// The province's log.
pub struct ProvinceLog {
    reader: (DeviceKey, Uuid),
    /// By scope.
    pub scopes: BTreeMap<Scope, ScopeLog>,
    /// By hash.
    pub segments: HashMap<SegmentHash, Accepted>,
    /// The marks of every save.
    pub marks: BTreeSet<String>,
    /// Saves accepted.
    pub saves: u64,
    lanes: HashMap<LaneId, LaneCursor>,
    survivors: HashMap<(RecordId, FieldNo), Survivors>,
}

/// The writes of one field and what they supersede: the oldest definition of what survives, kept apart from
/// [`RecordState`] to hold it against.
#[derive(Default)]
struct Survivors {
    written: BTreeSet<OpId>,
    superseded: BTreeSet<OpId>,
}

impl ProvinceLog {
    /// A log read with the rights of `reader`, a registered device and its owner.
    pub fn new(reader: (DeviceKey, Uuid)) -> Self {
        ProvinceLog {
            reader,
            scopes: BTreeMap::new(),
            segments: HashMap::new(),
            marks: BTreeSet::new(),
            saves: 0,
            lanes: HashMap::new(),
            survivors: HashMap::new(),
        }
    }

    /// Who reads it.
    pub fn reader(&self) -> (DeviceKey, Uuid) {
        self.reader
    }

    /// The records of a scope.
    pub fn records_of(&self, scope: &Scope) -> impl Iterator<Item = RecordId> {
        self.scopes.get(scope).into_iter().flat_map(|log| log.states.keys().copied())
    }

    /// Reads on to the log's end.
    pub async fn read_on(&mut self, province: &Province) -> Result<(), Breach> {
        loop {
            let cursors =
                self.scopes.iter().map(|(scope, log)| ScopeCursor { scope: scope.clone(), gsn: log.gsn }).collect();
            let request = SyncRequest { cursors, credit_bytes: u64::MAX, ..SyncRequest::default() };
            let (device, person) = self.reader;
            let answer =
                province.exchange(device, person, request).await.map_err(Breach::of("the log cannot be read"))?;
            answer.segments.into_iter().try_for_each(|segment| self.take(segment))?;
            for ScopeCursor { scope, gsn } in answer.cursors {
                let read = self.scopes.entry(scope.clone()).or_default().gsn;
                if read != gsn {
                    return Err(Breach::new(format!("{scope} says it goes to {gsn}, and was read to {read}")));
                }
            }
            if !answer.more {
                return Ok(());
            }
        }
    }

    fn take(&mut self, segment: ScopeSegment) -> Result<(), Breach> {
        let ScopeSegment { scope, gsn, received_ms, bytes } = segment;
        let bytes = compression::decompress(&bytes, MAX_SEGMENT).map_err(Breach::of("a segment does not unpack"))?;
        let sealed = SealedSegment::from_bytes(bytes).map_err(Breach::of("a segment cannot be read"))?;
        let header = sealed.header();
        let log = self.scopes.entry(scope.clone()).or_default();
        if gsn != log.gsn + 1 || header.lane.scope != scope {
            return Err(Breach::new(format!("{scope} goes from {} to {gsn}", log.gsn)));
        }
        log.gsn = gsn;
        log.digest.add(&sealed.hash());
        let lane = header.lane.id();
        let cursor = self.lanes.entry(lane).or_default();
        if header.first_seq != cursor.next_seq || header.prev_hash != cursor.head_hash {
            return Err(Breach::new(format!("the province's log of lane {lane} breaks at {}", header.first_seq)));
        }
        *cursor = cursor.after(header, sealed.hash());
        let accepted = Accepted { gsn, received_ms, count: header.count };
        if self.segments.insert(sealed.hash(), accepted).is_some() {
            return Err(Breach::new(format!("{scope} holds a segment twice, again at {gsn}")));
        }
        let saves = match sealed.open() {
            Ok(saves) => saves,
            // Stored and relayed, and understood after an upgrade.
            Err(SegmentError::NewerFormat { .. }) => return Ok(()),
            Err(error) => return Err(Breach::of("the province accepted a segment nobody can open")(error)),
        };
        for save in &saves {
            apply(save, lane, Some(received_ms), &mut log.states);
            marks_of(save, &mut self.marks);
            for (id, op) in operations(save, lane) {
                note_survivor(&mut self.survivors, id, op);
            }
        }
        self.saves += saves.len() as u64;
        Ok(())
    }

    /// What a reader of these scopes holds.
    pub fn states_of<'a>(&self, scopes: impl IntoIterator<Item = &'a Scope>) -> BTreeMap<RecordId, RecordState> {
        let mut states: BTreeMap<RecordId, RecordState> = BTreeMap::new();
        for log in scopes.into_iter().filter_map(|scope| self.scopes.get(scope)) {
            for (record, state) in &log.states {
                states.entry(*record).and_modify(|known| known.join(state)).or_insert_with(|| state.clone());
            }
        }
        states
    }

    /// Holds the heads of every field against the writes nobody superseded.
    pub fn check_survivors(&self) -> Result<(), Breach> {
        let states = self.states_of(self.scopes.keys());
        for ((record, field), Survivors { written, superseded }) in &self.survivors {
            let expected: Vec<OpId> = written.difference(superseded).copied().collect();
            let mut found = states.get(record).map(|state| state.heads_of(*field)).unwrap_or_default();
            found.sort_unstable();
            if found != expected {
                return Err(Breach::new(format!(
                    "record {record} field {}: {} of {} surviving values are heads",
                    field.0,
                    found.len(),
                    expected.len()
                )));
            }
        }
        Ok(())
    }
}

/// Applies a save to the records it is about.
pub fn apply(save: &Save, lane: LaneId, received_ms: Option<u64>, states: &mut BTreeMap<RecordId, RecordState>) {
    let stamp = Stamp { hlc: save.hlc, received_ms, actor: save.actor };
    for (id, op) in operations(save, lane) {
        states.entry(op.record()).or_default().apply(id, stamp, op);
    }
}

fn operations(save: &Save, lane: LaneId) -> impl Iterator<Item = (OpId, &Operation)> {
    (0..).zip(&save.ops).map(move |(index, op)| (OpId { lane, seq: save.seq, index }, op))
}

fn note_survivor(survivors: &mut HashMap<(RecordId, FieldNo), Survivors>, id: OpId, op: &Operation) {
    let (record, field, preds) = match op {
        Operation::Set { record, field, preds, .. }
        | Operation::Revise { record, field, preds, .. }
        | Operation::Resolve { record, field, preds, .. } => (record, field, preds.as_slice()),
        Operation::Rehome { record, .. } => (record, &reserved::SCOPE, [].as_slice()),
        _ => return,
    };
    // Whether a transition survives depends on whether it holds.
    if *field == reserved::STATUS {
        return;
    }
    let known = survivors.entry((*record, *field)).or_default();
    known.written.insert(id);
    known.superseded.extend(preds);
}
