//! The history of a record for the screen: every save with who, when, where, why, and what it changed.

use arumbae_domain::schema::{FieldNo, FieldType, RecordId, RecordKind, Value, reserved};
use arumbae_mergelog::LaneId;
use arumbae_store::{
    Before, ConcurrentEdits, HistoryChange as StoredChange, HistoryDelivery, HistoryEntry as StoredEntry, HistoryQuery,
    RecordChanges as StoredChanges, Store,
};
use arumbae_sync::ClockReading;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::App;
use crate::command::Done;
use crate::error::{AppError, ErrorCode, Result};
use crate::record::{ReadRecord, existing, moment, to_json};
use crate::region;

/// Asks for a page of a record's history.
#[derive(Debug, Deserialize, TS)]
pub struct ReadHistory {
    /// The record.
    pub id: RecordId,
    /// Only this person's saves.
    pub person: Option<Uuid>,
    /// Only saves that changed the field with this name, or a part on the list with this name.
    pub field: Option<String>,
    /// The `next` of the page before, `null` for the first.
    pub after: Option<String>,
}

/// A page of a record's history.
#[derive(Debug, Serialize, TS)]
pub struct RecordHistory {
    /// What the record is.
    pub kind: RecordKind,
    /// What it is called in lists.
    pub title: String,
    /// The saves, the latest first.
    pub entries: Vec<HistoryEntry>,
    /// What to ask the next page with, `null` after the last.
    pub next: Option<String>,
    /// How many saves the whole history has.
    pub total: u64,
    /// How many of them are in the province only.
    pub absent: u64,
    /// Those were asked for and come with the next exchanges.
    pub coming: bool,
}

/// One save.
#[derive(Debug, Serialize, TS)]
pub struct HistoryEntry {
    /// The lane it stands in, hexadecimal; with the number it names the save.
    pub lane: String,
    /// Its number in the lane.
    pub seq: u64,
    /// When, by the author's clock.
    pub written_at: Timestamp,
    /// What the author's clock was off by, milliseconds, as signed with the save; `null` if it was never compared.
    pub clock_offset_ms: Option<i64>,
    /// Whether the author's clock was so far off that its word needs a warning.
    pub clock_warn: bool,
    /// Who was at the keyboard.
    pub author_id: Uuid,
    /// Their name, empty if it is not known here.
    pub author: String,
    /// Their position, empty if it is not known here.
    pub position: String,
    /// The device's key, its first digits.
    pub device: String,
    /// The device's incarnation, hexadecimal: new after every installation and every restore.
    pub incarnation: String,
    /// Whether it was written on this laptop.
    pub own: bool,
    /// The name of the region it was written for.
    pub scope_name: String,
    /// Whether the province holds it.
    pub delivery: EntryDelivery,
    /// Why it does not count, as a code of the quarantine; `null` if it does.
    pub held: Option<String>,
    /// Saves made without knowing of this one, by their authors.
    pub concurrent: Vec<ConcurrentAuthor>,
    /// What it did, to the record first.
    pub changes: Vec<RecordChanges>,
}

/// Whether the province holds a save.
#[derive(Debug, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EntryDelivery {
    /// Written here and without a receipt.
    Waiting,
    /// Brought by a colleague or a stick; the province has not named it here yet.
    Carried,
    /// The province holds it.
    Received {
        /// Its number in the region.
        number: u64,
        /// When the province had it.
        at: Timestamp,
        /// Whether the signed receipt is on this laptop.
        receipt: bool,
    },
}

/// Somebody who wrote without knowing of a save.
#[derive(Debug, Serialize, TS)]
pub struct ConcurrentAuthor {
    /// Their name, empty if it is not known here.
    pub author: String,
    /// When their first such save was made, by their clock.
    pub written_at: Timestamp,
    /// Whether both wrote the same field.
    pub met: bool,
}

/// What a save did to the record or to one part of it.
#[derive(Debug, Serialize, TS)]
pub struct RecordChanges {
    /// The record or part.
    pub record: RecordId,
    /// What it is; `null` for a kind of a later version.
    pub kind: Option<RecordKind>,
    /// What it is called, empty if nothing names it.
    pub title: String,
    /// For a part, the name of the list it stands or stood on.
    pub list: Option<String>,
    /// What became of it as a whole.
    pub fate: Fate,
    /// What changed in it.
    pub changes: Vec<HistoryChange>,
}

/// What became of a record or part as a whole.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It stayed, changed.
    Changed,
    /// It was made, or put on a list.
    Added,
    /// It was taken off its list.
    Removed,
    /// It was put back.
    Returned,
}

/// One thing a save did. Fields are named as in the message catalogue, `null` for one of a later version.
#[derive(Debug, Serialize, TS)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum HistoryChange {
    /// Replaced a value.
    Set {
        /// The field.
        field: Option<String>,
        /// Whether it is a narrative, which is read word by word.
        narrative: bool,
        /// What its author had before them.
        before: ShownBefore,
        /// What they wrote, `null` if they cleared it.
        #[ts(type = "unknown")]
        after: serde_json::Value,
    },
    /// Settled a conflict.
    Resolved {
        /// The field.
        field: Option<String>,
        /// The values there were.
        before: ShownBefore,
        /// The one that holds since.
        #[ts(type = "unknown")]
        after: serde_json::Value,
        /// Why.
        note: String,
    },
    /// Put a value into a set.
    Added {
        /// The set.
        field: Option<String>,
        /// The value.
        #[ts(type = "unknown")]
        value: serde_json::Value,
    },
    /// Took values out of a set.
    Removed {
        /// The set.
        field: Option<String>,
        /// The values.
        values: ShownBefore,
    },
    /// Moved the record in its workflow.
    Moved {
        /// Code of the status it left.
        from: String,
        /// Code of the status it took.
        to: String,
        /// Why.
        reason: String,
    },
    /// Deleted it.
    Deleted {
        /// Why.
        reason: String,
    },
    /// Took its deletion back.
    Restored,
    /// Moved it to another region.
    Rehomed {
        /// The name of the region it left.
        from: String,
        /// The name of the region that answers for it since.
        to: String,
        /// Why, empty if nobody said.
        reason: String,
    },
    /// Tied a file to it.
    Attached {
        /// Its media type.
        media_type: String,
        /// Its length in bytes.
        byte_length: u64,
    },
    /// Did something only a later version can tell.
    Later,
}

/// What stood before a change.
#[derive(Debug, Serialize, TS)]
pub struct ShownBefore {
    /// The values, each once; none if nothing stood there.
    #[ts(type = "Array<unknown>")]
    pub values: Vec<serde_json::Value>,
    /// Whether there were others, which are not on this laptop.
    pub incomplete: bool,
}

/// How many saves a page has.
const PAGE: usize = 30;

/// Of a save that touches more parts than this, the parts beyond are told by name only: an attendance list of five
/// hundred is one save.
const MOST_DETAILED_PARTS: usize = 40;

pub(crate) async fn record_history(app: &App, args: ReadHistory) -> Result<RecordHistory> {
    app.with_store(move |store| {
        let ReadHistory { id, person, field, after } = args;
        let view = existing(store, id)?;
        let kind = view.document.kind;
        let number_of = |name: String| kind.definition().number_of(&name).ok_or(AppError::new(ErrorCode::BadArguments));
        let field = field.map(number_of).transpose()?;
        let query = HistoryQuery { person, field, after_key: after, limit: PAGE };
        let page = store.history(id, &query)?;
        let meetings = Meetings(store.concurrent_edits(id)?);
        let entries = page.entries.into_iter().map(|entry| shown_entry(store, kind, &meetings, entry));
        Ok(RecordHistory {
            kind,
            title: store.title_of(id)?.unwrap_or_default(),
            entries: entries.collect::<Result<_>>()?,
            next: page.next,
            total: page.total,
            absent: page.absent,
            coming: store.history_is_coming(id)?,
        })
    })
    .await
}

pub(crate) async fn history_fetch(app: &App, ReadRecord { id }: ReadRecord) -> Result<Done> {
    let now_ms = app.now_ms();
    app.with_store(move |store| {
        existing(store, id)?;
        store.ask_for_history_of(id, now_ms)?;
        Ok(Done {})
    })
    .await
}

/// The edits of the record that were made without knowing of each other.
struct Meetings(Vec<ConcurrentEdits>);

impl Meetings {
    fn with(&self, lane: LaneId, seq: u64) -> Vec<ConcurrentAuthor> {
        let mut authors = Vec::new();
        for ConcurrentEdits { sides, met_in } in &self.0 {
            for (ours, theirs) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
                if ours.lane.id() == lane && ours.saves.contains(&seq) {
                    authors.push(ConcurrentAuthor {
                        author: theirs.author.name.clone().unwrap_or_default(),
                        written_at: moment(theirs.first_ms),
                        met: !met_in.is_empty(),
                    });
                }
            }
        }
        authors
    }
}

fn shown_entry(store: &Store, root: RecordKind, meetings: &Meetings, entry: StoredEntry) -> Result<HistoryEntry> {
    let StoredEntry { lane, seq, at_ms, clock, author, own, delivery, held, changes } = entry;
    let reading = ClockReading { ahead_ms: clock.offset_ms.into(), uncertainty_ms: clock.uncertainty_ms };
    let measured = clock.uncertainty_ms != u32::MAX;
    let changes: Vec<StoredChanges> = changes.into_iter().filter_map(without_places_of_parts).collect();
    let parts = changes.iter().filter(|part| part.list.is_some()).count();
    let mut shown = Vec::with_capacity(changes.len());
    for (at, part) in changes.into_iter().enumerate() {
        let told = parts <= MOST_DETAILED_PARTS || part.list.is_none() || at < MOST_DETAILED_PARTS;
        shown.push(shown_changes(store, root, part, told)?);
    }
    Ok(HistoryEntry {
        lane: lane.id().to_string(),
        seq,
        written_at: moment(at_ms),
        clock_offset_ms: measured.then_some(reading.ahead_ms),
        clock_warn: measured && reading.is_far_off(),
        author_id: author.id,
        author: author.name.unwrap_or_default(),
        position: author.position.unwrap_or_default(),
        device: short(&lane.device.to_string()),
        incarnation: short(&format!("{:016x}", lane.incarnation)),
        own,
        scope_name: region::name_of(lane.scope.region()),
        delivery: match delivery {
            HistoryDelivery::Waiting => EntryDelivery::Waiting,
            HistoryDelivery::Carried => EntryDelivery::Carried,
            HistoryDelivery::Received { gsn, at_ms, receipt } => {
                EntryDelivery::Received { number: gsn, at: moment(at_ms), receipt }
            }
        },
        held: held.map(|reason| reason.code().to_owned()),
        concurrent: meetings.with(lane.id(), seq),
        changes: shown,
    })
}

/// Enough of a key or number to tell two apart by eye.
pub(crate) fn short(hexadecimal: &str) -> String {
    hexadecimal.chars().take(8).collect()
}

/// Parts go where their record goes, which is told of the record.
fn without_places_of_parts(mut part: StoredChanges) -> Option<StoredChanges> {
    if part.list.is_none() || part.changes.is_empty() {
        return Some(part);
    }
    part.changes.retain(|change| !is_decision_on_place(change) && !matches!(change, StoredChange::Rehomed { .. }));
    (!part.changes.is_empty() || part.fate != arumbae_store::Fate::Changed).then_some(part)
}

fn is_decision_on_place(change: &StoredChange) -> bool {
    matches!(change, StoredChange::Resolved { field: reserved::SCOPE, .. })
}

/// Why a record was moved: a move is written with a decision that says so.
fn reason_of_move(changes: &[StoredChange]) -> String {
    let last = changes.iter().rev().find_map(|change| match change {
        StoredChange::Resolved { field: reserved::SCOPE, note, .. } => Some(note.clone()),
        _ => None,
    });
    last.unwrap_or_default()
}

fn shown_changes(store: &Store, root: RecordKind, part: StoredChanges, told: bool) -> Result<RecordChanges> {
    let StoredChanges { record, kind, title, fate, list, changes } = part;
    let mut changes = if told { changes } else { Vec::new() };
    let reason = reason_of_move(&changes);
    if changes.iter().any(|change| matches!(change, StoredChange::Rehomed { .. })) {
        changes.retain(|change| !is_decision_on_place(change));
    }
    Ok(RecordChanges {
        record,
        kind,
        title,
        list: list.and_then(|list| name_of(Some(root), list)),
        fate: match fate {
            arumbae_store::Fate::Changed => Fate::Changed,
            arumbae_store::Fate::Added => Fate::Added,
            arumbae_store::Fate::Removed => Fate::Removed,
            arumbae_store::Fate::Returned => Fate::Returned,
        },
        changes: changes.into_iter().map(|change| shown_change(store, kind, &reason, change)).collect::<Result<_>>()?,
    })
}

fn shown_change(
    store: &Store,
    kind: Option<RecordKind>,
    reason_of_move: &str,
    change: StoredChange,
) -> Result<HistoryChange> {
    Ok(match change {
        StoredChange::Set { field, before, after } => HistoryChange::Set {
            narrative: type_of(kind, field) == Some(FieldType::Narrative),
            field: name_of(kind, field),
            before: shown_before(store, before)?,
            after: shown_value(store, &after)?,
        },
        StoredChange::Resolved { field, before, after, note } => HistoryChange::Resolved {
            field: name_of(kind, field),
            before: shown_before(store, before)?,
            after: shown_value(store, &after)?,
            note,
        },
        StoredChange::Added { list, element } => {
            HistoryChange::Added { field: name_of(kind, list), value: shown_value(store, &element)? }
        }
        StoredChange::Removed { list, elements } => {
            HistoryChange::Removed { field: name_of(kind, list), values: shown_before(store, elements)? }
        }
        StoredChange::Moved { from, to, reason } => HistoryChange::Moved { from, to, reason },
        StoredChange::Deleted { reason } => HistoryChange::Deleted { reason },
        StoredChange::Restored => HistoryChange::Restored,
        StoredChange::Rehomed { from, to } => HistoryChange::Rehomed {
            from: region::name_of(from.region()),
            to: region::name_of(to.region()),
            reason: reason_of_move.to_owned(),
        },
        StoredChange::Attached { blob: _, byte_length, media_type } => {
            HistoryChange::Attached { media_type, byte_length }
        }
        StoredChange::Later => HistoryChange::Later,
    })
}

fn type_of(kind: Option<RecordKind>, field: FieldNo) -> Option<FieldType> {
    kind.and_then(|kind| kind.definition().field(field)).map(|field| field.ty)
}

fn name_of(kind: Option<RecordKind>, field: FieldNo) -> Option<String> {
    kind.and_then(|kind| kind.definition().name_of(field)).map(str::to_owned)
}

fn shown_before(store: &Store, before: Before) -> Result<ShownBefore> {
    let values = before.values.iter().map(|value| shown_value(store, value)).collect::<Result<_>>()?;
    Ok(ShownBefore { values, incomplete: before.incomplete })
}

/// A value in the shape records have it; another record by what it is called.
fn shown_value(store: &Store, value: &Value) -> Result<serde_json::Value> {
    Ok(match value {
        Value::Reference(record) => store.title_of(*record)?.unwrap_or_default().into(),
        value => to_json(value),
    })
}
