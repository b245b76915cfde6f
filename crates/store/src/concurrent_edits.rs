//! Perubahan bersamaan: saves of different lanes on one record, made without knowing of each other.
//!
//! Where they wrote the same field, the values wait as a conflict; everything else merged silently, and is told here.
//! Which save had seen which is read from the saves themselves, never from a clock.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::schema::{FieldNo, RecordId, reserved};
use arumbae_mergelog::{Lane, LaneId, Operation, Save};
use rusqlite::Connection;

use crate::error::{Result, StoreError};
use crate::history::Author;
use crate::opening::Store;
use crate::tables::{lane, pending_save, save_list, segment};

/// What two lanes did to a record and its parts without knowing of each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcurrentEdits {
    /// The two sides, the one that began earlier by its author's clock first.
    pub sides: [ConcurrentSide; 2],
    /// What both wrote: in conflict, or decided since.
    pub met_in: BTreeSet<(RecordId, FieldNo)>,
}

/// One side of concurrent edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcurrentSide {
    /// Whose lane.
    pub lane: Lane,
    /// Whether it was written on this device.
    pub own: bool,
    /// Who was at the keyboard at the last of the saves.
    pub author: Author,
    /// The saves, ascending.
    pub saves: Vec<u64>,
    /// When the first was made, by its author's clock, milliseconds since 1970 UTC.
    pub first_ms: u64,
    /// When the last was made.
    pub last_ms: u64,
    /// The fields and lists they wrote, of the record and of its parts.
    pub changed: BTreeSet<(RecordId, FieldNo)>,
}

impl Store {
    /// The edits of a record and its parts that were made without knowing of each other, the latest first.
    ///
    /// Saves that are no longer held here are taken to have been seen.
    pub fn concurrent_edits(&self, record: RecordId) -> Result<Vec<ConcurrentEdits>> {
        let members = self.members(record)?;
        let mut lanes = BTreeMap::<i64, BTreeSet<u64>>::new();
        for member in members.keys() {
            for (lane, seq) in save_list::of_record(&self.connection, *member)?.places() {
                lanes.entry(lane).or_default().insert(seq);
            }
        }
        if lanes.len() < 2 {
            return Ok(Vec::new());
        }
        let mut trails = Vec::new();
        for (rid, saves) in lanes {
            trails.push(Trail::new(&self.connection, rid, saves.into_iter().collect())?);
        }
        let mut found = Vec::new();
        let ids: Vec<LaneId> = trails.iter().map(|trail| trail.row.id).collect();
        for one in 0..trails.len() {
            for other in one + 1..trails.len() {
                let seen =
                    [trails[one].seen(&self.connection, ids[other])?, trails[other].seen(&self.connection, ids[one])?];
                for meeting in meetings(&trails[one].saves, &trails[other].saves, &seen) {
                    let [left, right] = meeting;
                    let mut sides =
                        [self.side(&trails[one], left, &members)?, self.side(&trails[other], right, &members)?];
                    sides.sort_by_key(|side| (side.first_ms, side.lane.id()));
                    let met_in = sides[0].changed.intersection(&sides[1].changed).copied().collect();
                    found.push(ConcurrentEdits { sides, met_in });
                }
            }
        }
        found.sort_by_key(|edits| {
            std::cmp::Reverse(edits.sides.each_ref().map(|side| (side.last_ms, side.lane.id())).into_iter().max())
        });
        Ok(found)
    }

    fn side(&self, trail: &Trail, saves: Vec<u64>, members: &crate::history::Members) -> Result<ConcurrentSide> {
        let mut changed = BTreeSet::new();
        let (mut first_ms, mut last_ms, mut actor) = (u64::MAX, 0, uuid::Uuid::nil());
        for seq in &saves {
            let Some(save) = trail.read.get(seq) else { continue };
            (first_ms, last_ms, actor) = (first_ms.min(save.hlc.millis()), last_ms.max(save.hlc.millis()), save.actor);
            let here = save.ops.iter().filter(|op| members.contains_key(&op.record()));
            changed.extend(here.filter_map(|op| Some((op.record(), written(op)?))));
        }
        Ok(ConcurrentSide {
            lane: trail.row.lane.clone(),
            own: trail.row.own,
            author: self.author_of(actor)?,
            saves,
            first_ms,
            last_ms,
            changed,
        })
    }
}

/// The field or list an operation writes, `None` for what concerns the record as a whole.
fn written(op: &Operation) -> Option<FieldNo> {
    match op {
        Operation::Set { field, .. } | Operation::Revise { field, .. } | Operation::Resolve { field, .. } => {
            Some(*field)
        }
        Operation::Add { list, .. } | Operation::Remove { list, .. } => Some(*list),
        Operation::Transition { .. } => Some(reserved::STATUS),
        Operation::Rehome { .. } => Some(reserved::SCOPE),
        Operation::Create { .. }
        | Operation::Delete { .. }
        | Operation::Restore { .. }
        | Operation::Attach { .. }
        | Operation::Unknown { .. } => None,
    }
}

/// The saves of one lane on the record, and what the lane had seen of others at each.
struct Trail {
    row: lane::LaneRow,
    /// Ascending.
    saves: Vec<u64>,
    /// Saves read back, the record's own among them.
    read: BTreeMap<u64, Save>,
    /// The first save that was looked for back from the last.
    reached: u64,
}

impl Trail {
    fn new(connection: &Connection, rid: i64, saves: Vec<u64>) -> Result<Self> {
        let row = lane::get(connection, rid)?;
        let pending = pending_save::list(connection, rid)?;
        let read: BTreeMap<u64, Save> = pending.into_iter().map(|(save, _)| (save.seq, save)).collect();
        let reached = read.keys().next().copied().unwrap_or(row.next_save);
        let mut trail = Trail { row, saves, read, reached };
        if let Some(first) = trail.saves.first().copied() {
            trail.read_back_to(connection, first)?;
        }
        Ok(trail)
    }

    /// Reads the lane back until a save is there; `false` if the log does not hold it.
    fn read_back_to(&mut self, connection: &Connection, seq: u64) -> Result<bool> {
        while self.reached > seq {
            let Some(row) = segment::holding(connection, self.row.rid, self.reached - 1)? else { return Ok(false) };
            self.reached = row.segment.header().first_seq;
            let saves = row.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
            self.read.extend(saves.into_iter().map(|save| (save.seq, save)));
        }
        Ok(true)
    }

    /// For each of the record's saves, the last save of another lane that its author had seen.
    fn seen(&mut self, connection: &Connection, other: LaneId) -> Result<Vec<u64>> {
        let Some(last) = self.saves.last().copied() else { return Ok(Vec::new()) };
        let named = |trail: &Self| -> Vec<(u64, u64)> {
            let saves = trail.read.range(..=last);
            saves.filter_map(|(seq, save)| Some((*seq, save.deps.iter().find(|(lane, _)| *lane == other)?.1))).collect()
        };
        // Each word on the other lane holds until the next one, so the reading goes back until the first save has one.
        let first = self.saves[0];
        let mut words = named(self);
        let mut from_the_start = 0;
        while words.first().is_none_or(|(seq, _)| *seq > first) && self.reached > 1 {
            if !self.read_back_to(connection, self.reached - 1)? {
                from_the_start = u64::MAX;
                break;
            }
            words = named(self);
        }
        let word_at =
            |seq: &u64| words.iter().rev().find(|(at, _)| at <= seq).map_or(from_the_start, |(_, seen)| *seen);
        Ok(self.saves.iter().map(word_at).collect())
    }
}

/// Groups of saves of two lanes that had not seen each other. `seen` says for each save of either lane up to where its
/// author had seen the other.
fn meetings(left: &[u64], right: &[u64], seen: &[Vec<u64>; 2]) -> Vec<[Vec<u64>; 2]> {
    let mut groups: Vec<[BTreeSet<u64>; 2]> = Vec::new();
    for (one, seen_by_one) in left.iter().zip(&seen[0]) {
        let apart =
            right.iter().zip(&seen[1]).filter(|(other, seen_by_other)| *other > seen_by_one && one > *seen_by_other);
        let others: BTreeSet<u64> = apart.map(|(other, _)| *other).collect();
        if others.is_empty() {
            continue;
        }
        match groups.last_mut().filter(|[_, known]| !known.is_disjoint(&others)) {
            Some([ones, known]) => {
                ones.insert(*one);
                known.extend(others);
            }
            None => groups.push([BTreeSet::from([*one]), others]),
        }
    }
    groups.into_iter().map(|group| group.map(|saves| saves.into_iter().collect())).collect()
}
