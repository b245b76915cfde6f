//! The history of a record as people read it: who changed what, when, on which device, and why.
//!
//! It is read from the log alone. What a change replaced is what its author replaced, by the predecessors it names,
//! whatever clock anybody had: with two concurrent edits, both show the value that both had before them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, RecordKind, Value, reserved};
use arumbae_mergelog::{ClockQuality, KindNo, Lane, LaneId, OpId, Operation, Save, SealedSegment};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::log_reader::{LogReader, Logged, Sealed};
use crate::opening::Store;
use crate::quarantine::{QuarantineLevel, QuarantineReason};
use crate::tables::{covered_lane, lane, part, profile, quarantine, receipt, record, save_list, segment};

const DEFAULT_LIMIT: usize = 50;

/// So many of the segments in quarantine are looked through for saves of the record, the latest first.
const MOST_HELD: usize = 256;

/// Parts of parts are followed so far, as when their root is sought.
const DEEPEST_PART: usize = 6;

/// Which saves of a record's history are wanted, the latest first.
#[derive(Clone, Debug, Default)]
pub struct HistoryQuery {
    /// Only this person's.
    pub person: Option<Uuid>,
    /// Only those that changed this field of the record, or a part on this list of it.
    pub field: Option<FieldNo>,
    /// The [`HistoryPage::next`] of the page before.
    pub after_key: Option<String>,
    /// At most so many; 0 stands for 50.
    pub limit: usize,
}

/// A piece of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// The saves, the latest first.
    pub entries: Vec<HistoryEntry>,
    /// Where the next page begins, `None` on the last.
    pub next: Option<String>,
    /// How many saves the whole history has.
    pub total: u64,
    /// How many of them are in the province only, see [`ask_for_history_of`](Store::ask_for_history_of).
    pub absent: u64,
}

/// One save in a record's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Whose lane: the device, its incarnation, the scope it wrote into.
    pub lane: Lane,
    /// Which save of it.
    pub seq: u64,
    /// When, by the author's clock, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// How the author's clock compared with the server's, as signed with the save.
    pub clock: ClockQuality,
    /// Who was at the keyboard.
    pub author: Author,
    /// Whether it was written on this device.
    pub own: bool,
    /// Whether the province holds it.
    pub delivery: HistoryDelivery,
    /// Why it is not part of the records, or why the province does not take it; `None` if it counts everywhere.
    pub held: Option<QuarantineReason>,
    /// What it did, to the record first, then to its parts.
    pub changes: Vec<RecordChanges>,
}

/// A person as far as this device knows them: from the registry, else from its own users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub id: Uuid,
    /// Name with titles.
    pub name: Option<String>,
    /// Position in the office.
    pub position: Option<String>,
}

/// Whether the province holds a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryDelivery {
    /// Written here, and without a receipt.
    Waiting,
    /// Of another device, brought by a peer or a stick; the province has not named it to this device yet.
    Carried,
    /// The province holds it.
    Received {
        /// Its segment's number within the scope.
        gsn: u64,
        /// When the province had it, milliseconds since 1970 UTC.
        at_ms: u64,
        /// Whether the province's signed receipt is held here; of others' saves only its word is.
        receipt: bool,
    },
}

/// What a save did to a record or to one part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordChanges {
    /// The record or part.
    pub record: RecordId,
    /// What it is, `None` for a kind of a later version.
    pub kind: Option<RecordKind>,
    /// What it is called now, empty if nothing names it.
    pub title: String,
    /// What became of it as a whole.
    pub fate: Fate,
    /// For a part, the list of the record it stands or stood on.
    pub list: Option<FieldNo>,
    /// What changed in it.
    pub changes: Vec<HistoryChange>,
}

/// What a save made of a record or part as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stayed, changed.
    Changed,
    /// It was made, or put on a list.
    Added,
    /// It was taken off its list.
    Removed,
    /// It was put back on the list it had been taken off.
    Returned,
}

/// One thing a save did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryChange {
    /// Replaced a value or a narrative.
    Set {
        /// The field.
        field: FieldNo,
        /// What its author had before them.
        before: Before,
        /// What they wrote; [`Value::Null`] if they cleared it.
        after: Value,
    },
    /// Settled a conflict, the status's included.
    Resolved {
        /// The field.
        field: FieldNo,
        /// The values there were.
        before: Before,
        /// The one that was chosen or written.
        after: Value,
        /// Why.
        note: String,
    },
    /// Put a value into a set or list.
    Added {
        /// The set.
        list: FieldNo,
        /// The value.
        element: Value,
    },
    /// Took values out of a set or list.
    Removed {
        /// The set.
        list: FieldNo,
        /// The values.
        elements: Before,
    },
    /// Moved the record in its workflow.
    Moved {
        /// The status it left.
        from: String,
        /// The status it took.
        to: String,
        /// Why.
        reason: String,
    },
    /// Deleted it.
    Deleted {
        /// Why.
        reason: String,
    },
    /// Took deletions back.
    Restored,
    /// Moved it to another scope.
    Rehomed {
        /// The scope it left.
        from: Scope,
        /// The scope that answers for it from then on.
        to: Scope,
    },
    /// Tied a file to it.
    Attached {
        /// The file's name.
        blob: BlobHash,
        /// Its length in bytes.
        byte_length: u64,
        /// Its media type.
        media_type: String,
    },
    /// Did something only a later version can tell.
    Later,
}

/// What stood before a change, as its author saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The values, each once; none if nothing stood there.
    pub values: Vec<Value>,
    /// Whether there were others, in saves that are not held here.
    pub incomplete: bool,
}

impl HistoryChange {
    /// The field or list it is about, `None` for what concerns the whole record.
    pub fn field(&self) -> Option<FieldNo> {
        match self {
            HistoryChange::Set { field, .. } | HistoryChange::Resolved { field, .. } => Some(*field),
            HistoryChange::Added { list, .. } | HistoryChange::Removed { list, .. } => Some(*list),
            HistoryChange::Moved { .. } => Some(reserved::STATUS),
            HistoryChange::Deleted { .. }
            | HistoryChange::Restored
            | HistoryChange::Rehomed { .. }
            | HistoryChange::Attached { .. }
            | HistoryChange::Later => None,
        }
    }
}

impl RecordChanges {
    fn concerns(&self, field: FieldNo) -> bool {
        match self.list {
            Some(list) => list == field,
            None => self.changes.iter().any(|change| change.field() == Some(field)),
        }
    }
}

impl HistoryQuery {
    fn wants(&self, entry: &HistoryEntry) -> bool {
        self.person.is_none_or(|person| entry.author.id == person)
            && self.field.is_none_or(|field| entry.changes.iter().any(|part| part.concerns(field)))
    }
}

/// A record with everything that is or was part of it, each part with the list of the record it is reached by.
pub(crate) type Members = BTreeMap<RecordId, Option<FieldNo>>;

/// A save's place in a history: ordered by its author's clock as far as it is believed, the same on every device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct HistoryPlace {
    pub at_ms: u64,
    pub lane: LaneId,
    pub seq: u64,
}

impl fmt::Display for HistoryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HistoryPlace { at_ms, lane, seq } = self;
        write!(f, "{at_ms}.{lane}.{seq}")
    }
}

impl FromStr for HistoryPlace {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split('.');
        let mut lane = [0; 16];
        let place = (|| {
            let at_ms = parts.next()?.parse().ok()?;
            hex::decode_to_slice(parts.next()?, &mut lane).ok()?;
            let seq = parts.next()?.parse().ok()?;
            parts.next().is_none().then_some(HistoryPlace { at_ms, lane: LaneId(lane), seq })
        })();
        place.ok_or(StoreError::BadPageKey)
    }
}

impl Store {
    /// The saves that made a record and its parts what they are, parts that were taken out again included; the latest
    /// first by their authors' clocks, each believed five minutes past the moment the province had it.
    ///
    /// # Errors
    /// [`StoreError::BadPageKey`].
    pub fn history(&self, record: RecordId, query: &HistoryQuery) -> Result<HistoryPage> {
        let members = self.members(record)?;
        let mut telling = Telling::of(self, &members);
        let mut places = telling.places()?;
        let absent = telling.absent(&places)?.len() as u64;
        places.extend(telling.held()?);
        let total = places.len() as u64;
        let after = query.after_key.as_deref().map(HistoryPlace::from_str).transpose()?;
        let limit = if query.limit == 0 { DEFAULT_LIMIT } else { query.limit };
        let mut page = HistoryPage { entries: Vec::new(), next: None, total, absent };
        let mut last = None;
        for place in places.into_iter().rev().filter(|place| after.is_none_or(|after| *place < after)) {
            let Some(entry) = telling.entry(place)?.filter(|entry| query.wants(entry)) else { continue };
            if page.entries.len() == limit {
                page.next = last.map(|place: HistoryPlace| place.to_string());
                break;
            }
            last = Some(place);
            page.entries.push(entry);
        }
        Ok(page)
    }

    /// Asks for whatever of a record's history is in the province only, by asking for its scopes' again. Returns whether
    /// anything is missing here.
    pub fn ask_for_history_of(&mut self, record: RecordId, now_ms: u64) -> Result<bool> {
        let scopes = self.scopes_absent_of(record)?;
        for scope in &scopes {
            self.ask_for_history(scope, now_ms)?;
        }
        Ok(!scopes.is_empty())
    }

    /// Whether what is missing of a record's history was asked for and is on its way.
    pub fn history_is_coming(&self, record: RecordId) -> Result<bool> {
        let absent = self.scopes_absent_of(record)?;
        Ok(!absent.is_empty() && absent.is_subset(&self.scopes_reading_history()?))
    }

    /// The scopes in which saves of the record are in the province only.
    fn scopes_absent_of(&self, record: RecordId) -> Result<BTreeSet<Scope>> {
        let members = self.members(record)?;
        let mut telling = Telling::of(self, &members);
        let places = telling.places()?;
        let absent = telling.absent(&places)?;
        let scope_of = |place: &HistoryPlace| telling.lanes.get(&place.lane).map(|row| row.lane.scope.clone());
        Ok(absent.iter().filter_map(scope_of).collect())
    }

    /// A record with everything that is or was part of it.
    pub(crate) fn members(&self, record: RecordId) -> Result<Members> {
        let mut members = Members::from([(record, None)]);
        let mut level = vec![(record, None)];
        for _ in 0..DEEPEST_PART {
            let mut below = Vec::new();
            for (parent, reached_by) in level {
                for (list, child) in part::of(&self.connection, parent)?.into_keys() {
                    let list = reached_by.or(Some(list));
                    if let std::collections::btree_map::Entry::Vacant(place) = members.entry(child) {
                        place.insert(list);
                        below.push((child, list));
                    }
                }
            }
            level = below;
        }
        Ok(members)
    }

    /// A person as far as this device knows them.
    pub(crate) fn author_of(&self, id: Uuid) -> Result<Author> {
        let registered = self.registry.person(id).map(|person| (person.name.clone(), person.position.clone()));
        let known = match registered {
            Some(known) => Some(known),
            None => profile::of_person(&self.connection, id)?.map(|profile| (profile.name, profile.position)),
        };
        let (name, position) = known.unzip();
        Ok(Author { id, name, position: position.filter(|position| !position.is_empty()) })
    }
}

/// One telling of a history: every segment is opened once, however many of its saves are told.
struct Telling<'a> {
    store: &'a Store,
    members: &'a Members,
    log: LogReader,
    lanes: HashMap<LaneId, lane::LaneRow>,
    /// Saves that touch the members and are not part of the records.
    held: HashMap<HistoryPlace, Logged>,
}

impl<'a> Telling<'a> {
    fn of(store: &'a Store, members: &'a Members) -> Self {
        Telling { store, members, log: LogReader::default(), lanes: HashMap::new(), held: HashMap::new() }
    }

    /// The saves that touched any of the members, the earliest first.
    fn places(&mut self) -> Result<BTreeSet<HistoryPlace>> {
        let mut latest = BTreeMap::new();
        for record in self.members.keys() {
            for ((lane, seq), at_ms) in save_list::of_record(&self.store.connection, *record)?.saves() {
                let known = latest.entry((lane, seq)).or_insert(at_ms);
                *known = at_ms.max(*known);
            }
        }
        let mut ids = HashMap::new();
        let mut places = BTreeSet::new();
        for ((rid, seq), at_ms) in latest {
            let lane = match ids.get(&rid) {
                Some(lane) => *lane,
                None => {
                    let row = lane::get(&self.store.connection, rid)?;
                    let id = row.id;
                    ids.insert(rid, id);
                    self.lanes.insert(id, row);
                    id
                }
            };
            places.insert(HistoryPlace { at_ms, lane, seq });
        }
        Ok(places)
    }

    /// Those of the saves whose segments are not held here.
    fn absent(&self, places: &BTreeSet<HistoryPlace>) -> Result<Vec<HistoryPlace>> {
        let mut absent = Vec::new();
        for place in places {
            let Some(row) = self.lanes.get(&place.lane) else { continue };
            if covered_lane::lacks(&self.store.connection, row.rid, place.seq)? {
                absent.push(*place);
            }
        }
        Ok(absent)
    }

    /// The saves that would touch the members if they counted. Only what its device signed is told: anybody could put
    /// anything else into quarantine under somebody's name.
    fn held(&mut self) -> Result<Vec<HistoryPlace>> {
        let connection = &self.store.connection;
        let mut places = Vec::new();
        for hash in quarantine::hashes(connection, MOST_HELD)? {
            let Some(reason) = quarantine::held_for(connection, hash)? else { continue };
            let (segment, gsn, received_ms) = match quarantine::bytes_of(connection, hash)? {
                Some(bytes) => match SealedSegment::from_bytes(bytes) {
                    Ok(segment) => (segment, None, None),
                    Err(_) => continue,
                },
                None => match segment::by_hash(connection, hash)? {
                    Some(row) if row.held_back => (row.segment, row.gsn, row.received_ms),
                    _ => continue,
                },
            };
            let header = segment.header();
            let Some(row) = lane::find(connection, header.lane.id())? else { continue };
            // What this device wrote on a lane that forked it has written again on another.
            let written_again = row.own && reason.level() == QuarantineLevel::Chain;
            let Ok(saves) = segment.open() else { continue };
            for save in saves.into_iter().filter(|_| !written_again) {
                if save.ops.iter().all(|op| !self.members.contains_key(&op.record())) {
                    continue;
                }
                let place = HistoryPlace { at_ms: save.hlc.millis(), lane: row.id, seq: save.seq };
                let sealed = Some(Sealed { hash, clock: header.clock, gsn, received_ms });
                self.held.insert(place, Logged { save, sealed });
                places.push(place);
            }
            self.lanes.insert(row.id, row);
        }
        Ok(places)
    }

    fn entry(&mut self, place: HistoryPlace) -> Result<Option<HistoryEntry>> {
        let Some(row) = self.lanes.get(&place.lane).cloned() else { return Ok(None) };
        let found = match self.held.get(&place) {
            Some(held) => Some(held.clone()),
            None => self.log.find(&self.store.connection, row.rid, place.seq)?.cloned(),
        };
        let Some(Logged { save, sealed }) = found else { return Ok(None) };
        let held = sealed.as_ref().map(|sealed| quarantine::held_for(&self.store.connection, sealed.hash));
        Ok(Some(HistoryEntry {
            seq: place.seq,
            at_ms: save.hlc.millis(),
            clock: match &sealed {
                Some(sealed) => sealed.clock,
                None => self.store.clock_quality()?,
            },
            author: self.store.author_of(save.actor)?,
            own: row.own,
            delivery: self.delivery(row.own, sealed.as_ref())?,
            held: held.transpose()?.flatten(),
            changes: self.changes(&save)?,
            lane: row.lane,
        }))
    }

    fn delivery(&self, own: bool, sealed: Option<&Sealed>) -> Result<HistoryDelivery> {
        Ok(match sealed {
            Some(Sealed { hash, gsn: Some(gsn), received_ms: Some(at_ms), .. }) => HistoryDelivery::Received {
                gsn: *gsn,
                at_ms: *at_ms,
                receipt: receipt::find(&self.store.connection, *hash)?.is_some(),
            },
            _ if own => HistoryDelivery::Waiting,
            _ => HistoryDelivery::Carried,
        })
    }

    /// What a save did to the members: to the record itself first, then to its parts in the order it speaks of them.
    fn changes(&mut self, save: &Save) -> Result<Vec<RecordChanges>> {
        let mut told: Vec<RecordChanges> = Vec::new();
        for op in save.ops.iter().filter(|op| self.members.contains_key(&op.record())) {
            match op {
                Operation::Create { record, kind } => {
                    let part = self.part(*record, &mut told)?;
                    part.kind = part.kind.or(kind.known());
                    part.fate = Fate::Added;
                }
                Operation::Add { record: _, list: _, element: Value::Reference(child) }
                    if self.members.contains_key(child) =>
                {
                    let part = self.part(*child, &mut told)?;
                    if part.fate != Fate::Returned {
                        part.fate = Fate::Added;
                    }
                }
                Operation::Restore { record, .. } if self.is_part(*record) => {
                    self.part(*record, &mut told)?.fate = Fate::Returned;
                }
                // A part that is taken off its list is deleted along with it, and nobody asks why.
                Operation::Delete { record, reason, .. } if reason.is_empty() && self.is_part(*record) => {
                    self.part(*record, &mut told)?.fate = Fate::Removed;
                }
                Operation::Remove { record, list, observed } => {
                    let mut gone = self.before(observed)?;
                    for value in std::mem::take(&mut gone.values) {
                        match value {
                            Value::Reference(child) if self.members.contains_key(&child) => {
                                self.part(child, &mut told)?.fate = Fate::Removed;
                            }
                            value => gone.values.push(value),
                        }
                    }
                    if gone != Before::default() {
                        let change = HistoryChange::Removed { list: *list, elements: gone };
                        self.part(*record, &mut told)?.changes.push(change);
                    }
                }
                op => {
                    let change = self.change(op)?;
                    self.part(op.record(), &mut told)?.changes.extend(change);
                }
            }
        }
        told.sort_by_key(|part| Reverse(part.list.is_none()));
        Ok(told)
    }

    fn change(&mut self, op: &Operation) -> Result<Option<HistoryChange>> {
        Ok(Some(match op {
            Operation::Set { record: _, field, value, preds } => {
                HistoryChange::Set { field: *field, before: self.before(preds)?, after: value.clone() }
            }
            Operation::Revise { record: _, field, base, text, preds } => {
                // The revision it was written on first: that is the one a reader compares it with.
                let others = preds.iter().filter(|pred| Some(**pred) != *base);
                let before: Vec<OpId> = base.iter().chain(others).copied().collect();
                HistoryChange::Set { field: *field, before: self.before(&before)?, after: Value::Text(text.clone()) }
            }
            Operation::Resolve { record: _, field, choice, note, preds } => HistoryChange::Resolved {
                field: *field,
                before: self.before(preds)?,
                after: choice.clone(),
                note: note.clone(),
            },
            Operation::Transition { record: _, from, to, reason, preds: _ } => {
                HistoryChange::Moved { from: from.clone(), to: to.clone(), reason: reason.clone() }
            }
            Operation::Add { record: _, list, element } => {
                HistoryChange::Added { list: *list, element: element.clone() }
            }
            Operation::Delete { record: _, reason, observed: _ } => HistoryChange::Deleted { reason: reason.clone() },
            Operation::Restore { .. } => HistoryChange::Restored,
            Operation::Rehome { record: _, from, to } => HistoryChange::Rehomed { from: from.clone(), to: to.clone() },
            Operation::Attach { record: _, blob, byte_length, media_type } => {
                HistoryChange::Attached { blob: *blob, byte_length: *byte_length, media_type: media_type.clone() }
            }
            Operation::Unknown { .. } => HistoryChange::Later,
            Operation::Create { .. } | Operation::Remove { .. } => return Ok(None),
        }))
    }

    /// What operations wrote, each value once.
    fn before(&mut self, operations: &[OpId]) -> Result<Before> {
        let mut before = Before::default();
        for id in operations {
            match self.written_by(*id)? {
                Some(value) if before.values.contains(&value) || value == Value::Null => {}
                Some(value) => before.values.push(value),
                None => before.incomplete = true,
            }
        }
        Ok(before)
    }

    fn written_by(&mut self, OpId { lane, seq, index }: OpId) -> Result<Option<Value>> {
        let rid = match self.lanes.get(&lane) {
            Some(row) => row.rid,
            None => match lane::find(&self.store.connection, lane)? {
                Some(row) => {
                    let rid = row.rid;
                    self.lanes.insert(lane, row);
                    rid
                }
                None => return Ok(None),
            },
        };
        let found = self.log.find(&self.store.connection, rid, seq)?;
        Ok(match found.and_then(|logged| logged.save.ops.get(usize::from(index))) {
            Some(Operation::Set { value, .. }) => Some(value.clone()),
            Some(Operation::Revise { text, .. }) => Some(Value::Text(text.clone())),
            Some(Operation::Resolve { choice, .. }) => Some(choice.clone()),
            Some(Operation::Transition { to, .. }) => Some(Value::Text(to.clone())),
            Some(Operation::Add { element, .. }) => Some(element.clone()),
            _ => None,
        })
    }

    fn is_part(&self, record: RecordId) -> bool {
        self.members.get(&record).is_some_and(Option::is_some)
    }

    /// What is told of a record or part so far; begins it when it is first spoken of.
    fn part<'t>(&self, id: RecordId, told: &'t mut Vec<RecordChanges>) -> Result<&'t mut RecordChanges> {
        let at = match told.iter().rposition(|part| part.record == id) {
            Some(at) => at,
            None => {
                let (kind, title) = record::name_of(&self.store.connection, id)?.unwrap_or_default();
                let kind = kind.and_then(KindNo::known);
                let list = self.members.get(&id).copied().flatten();
                told.push(RecordChanges { record: id, kind, title, fate: Fate::Changed, list, changes: Vec::new() });
                told.len() - 1
            }
        };
        Ok(&mut told[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_way_through_a_screen() {
        let place = HistoryPlace { at_ms: 1_707_861_600_000, lane: LaneId([0xab; 16]), seq: 17 };
        assert_eq!(place.to_string().parse::<HistoryPlace>().expect("its own text"), place);
        for text in
            ["", "1", "1.ab.2", "1.abababababababababababababababab.2.3", "x.abababababababababababababababab.2"]
        {
            assert!(matches!(text.parse::<HistoryPlace>(), Err(StoreError::BadPageKey)), "{text}");
        }
    }
}
