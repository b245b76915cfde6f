//! Operations and the saves that carry them.

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, RecordKind, Value};
use uuid::Uuid;

use crate::clock::Hlc;
use crate::lane::LaneId;

/// Names an operation: its lane, its save and its place in the save. Never sent; the reader derives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// The author's lane.
    pub lane: LaneId,
    /// The save's number in the lane, from 1.
    pub seq: u64,
    /// The operation's place in the save, from 0.
    pub index: u16,
}

/// One atomic user action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// Dense per lane, from 1.
    pub seq: u64,
    /// When, by the author's hybrid clock.
    pub hlc: Hlc,
    /// The person at the keyboard.
    pub actor: Uuid,
    /// The registry state the author knew; rights are judged by it.
    pub policy_epoch: u32,
    /// The record schema the author wrote with.
    pub schema_version: u16,
    /// What the author had seen of other lanes, only where it changed since the lane's previous save.
    pub deps: Vec<(LaneId, u64)>,
    /// What was done.
    pub ops: Vec<Operation>,
}

/// One change of one record. `preds` are the heads of the field that the author saw and supersedes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Makes a record. Everything else may arrive before it and waits in the record's state.
    Create { record: RecordId, kind: KindNo },
    /// Replaces a field's value.
    Set { record: RecordId, field: FieldNo, value: Value, preds: Vec<OpId> },
    /// Moves a record in its workflow; holds only if `from` is a head the author saw.
    Transition { record: RecordId, from: String, to: String, reason: String, preds: Vec<OpId> },
    /// Replaces a narrative, naming the revision it was written on.
    Revise { record: RecordId, field: FieldNo, base: Option<OpId>, text: String, preds: Vec<OpId> },
    /// Adds to a list or set; wins over a concurrent removal.
    Add { record: RecordId, list: FieldNo, element: Value },
    /// Takes out of a list or set the additions the author saw.
    Remove { record: RecordId, list: FieldNo, observed: Vec<OpId> },
    /// Deletes a record as its author saw it; an edit they had not seen revives it.
    Delete { record: RecordId, reason: String, observed: Vec<OpId> },
    /// Takes a deletion back.
    Restore { record: RecordId, preds: Vec<OpId> },
    /// A person's decision on a conflict; `preds` are all heads.
    Resolve { record: RecordId, field: FieldNo, choice: Value, note: String, preds: Vec<OpId> },
    /// Moves a record to another scope.
    Rehome { record: RecordId, from: Scope, to: Scope },
    /// Ties an attachment's bytes to a record, so that they are fetched with it.
    Attach { record: RecordId, blob: BlobHash, byte_length: u64, media_type: String },
    /// An operation of a later version, kept byte for byte and replayed after an upgrade.
    Unknown { code: u16, record: RecordId, body: Vec<u8> },
}

/// A record kind as the log has it; a later version's kind is kept as its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindNo(pub u16);

impl KindNo {
    /// The kind, or `None` for one this version does not know.
    pub fn known(self) -> Option<RecordKind> {
        RecordKind::from_number(self.0)
    }
}

impl From<RecordKind> for KindNo {
    fn from(kind: RecordKind) -> Self {
        KindNo(kind.number())
    }
}

impl Operation {
    /// The record the operation is about.
    pub fn record(&self) -> RecordId {
        match self {
            Operation::Create { record, .. }
            | Operation::Set { record, .. }
            | Operation::Transition { record, .. }
            | Operation::Revise { record, .. }
            | Operation::Add { record, .. }
            | Operation::Remove { record, .. }
            | Operation::Delete { record, .. }
            | Operation::Restore { record, .. }
            | Operation::Resolve { record, .. }
            | Operation::Rehome { record, .. }
            | Operation::Attach { record, .. }
            | Operation::Unknown { record, .. } => *record,
        }
    }
}
