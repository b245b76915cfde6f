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
    /// What the author had seen of other lanes, only where it differs from what the lane's saves before say; the last
    /// word on a lane counts. A form that was opened before something came in says less than the save before it.
    pub deps: Vec<(LaneId, u64)>,
    /// What was done.
    pub ops: Vec<Operation>,
}

/// One change of one record.
///
/// `preds` are the heads of the field that the author saw and supersedes. What concerns a record the reader does
/// not have yet, or operations that have not arrived, waits in the record's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Makes a record. Everything else may arrive before it and waits in the record's state.
    Create {
        /// The new record's identity.
        record: RecordId,
        /// What it is.
        kind: KindNo,
    },
    /// Replaces a field's value.
    Set {
        /// The record.
        record: RecordId,
        /// The field.
        field: FieldNo,
        /// The new value; [`Value::Null`] clears the field.
        value: Value,
        /// The heads the author saw.
        preds: Vec<OpId>,
    },
    /// Moves a record in its workflow; holds only if `from` is a head the author saw.
    Transition {
        /// The record.
        record: RecordId,
        /// The status it leaves.
        from: String,
        /// The status it takes.
        to: String,
        /// Why, for the next reader.
        reason: String,
        /// The transitions the author saw standing.
        preds: Vec<OpId>,
    },
    /// Replaces a narrative, naming the revision it was written on.
    Revise {
        /// The record.
        record: RecordId,
        /// The narrative.
        field: FieldNo,
        /// The revision the author had before them.
        base: Option<OpId>,
        /// The whole new text.
        text: String,
        /// The heads the author saw.
        preds: Vec<OpId>,
    },
    /// Adds to a list or set; wins over a concurrent removal.
    Add {
        /// The record.
        record: RecordId,
        /// The list or set.
        list: FieldNo,
        /// The value, or a reference to the child record.
        element: Value,
    },
    /// Takes out of a list or set the additions the author saw.
    Remove {
        /// The record.
        record: RecordId,
        /// The list or set.
        list: FieldNo,
        /// The additions of the element that the author saw.
        observed: Vec<OpId>,
    },
    /// Deletes a record as its author saw it; an edit they had not seen revives it.
    Delete {
        /// The record.
        record: RecordId,
        /// Why.
        reason: String,
        /// Everything that stood when the author decided.
        observed: Vec<OpId>,
    },
    /// Takes deletions back.
    Restore {
        /// The record.
        record: RecordId,
        /// The deletions the author saw.
        preds: Vec<OpId>,
    },
    /// A person's decision on a conflict; `preds` are all heads.
    Resolve {
        /// The record.
        record: RecordId,
        /// The field in conflict.
        field: FieldNo,
        /// One of the values, or another.
        choice: Value,
        /// Why.
        note: String,
        /// All heads.
        preds: Vec<OpId>,
    },
    /// Moves a record to another scope.
    Rehome {
        /// The record.
        record: RecordId,
        /// The scope it leaves.
        from: Scope,
        /// The scope that answers for it from now on.
        to: Scope,
    },
    /// Ties an attachment's bytes to a record, so that they are fetched with it.
    Attach {
        /// The record.
        record: RecordId,
        /// The bytes' name.
        blob: BlobHash,
        /// Their length.
        byte_length: u64,
        /// Their media type.
        media_type: String,
    },
    /// An operation of a later version, kept byte for byte and replayed after an upgrade.
    Unknown {
        /// What the later version calls it; at least [`Operation::FIRST_LATER_CODE`].
        code: u16,
        /// The record.
        record: RecordId,
        /// Everything else.
        body: Vec<u8>,
    },
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
    /// From this code on, operations travel as a record and a body of bytes, so that versions which do not know
    /// them can still read the rest of the save.
    pub const FIRST_LATER_CODE: u16 = 16;

    /// The operations it names: what it supersedes, was written on or takes back.
    pub fn named(&self) -> impl Iterator<Item = &OpId> {
        let (base, ids): (Option<&OpId>, &[OpId]) = match self {
            Operation::Set { preds, .. }
            | Operation::Transition { preds, .. }
            | Operation::Restore { preds, .. }
            | Operation::Resolve { preds, .. } => (None, preds),
            Operation::Revise { preds, base, .. } => (base.as_ref(), preds),
            Operation::Remove { observed, .. } | Operation::Delete { observed, .. } => (None, observed),
            Operation::Create { .. }
            | Operation::Add { .. }
            | Operation::Rehome { .. }
            | Operation::Attach { .. }
            | Operation::Unknown { .. } => (None, &[]),
        };
        base.into_iter().chain(ids)
    }

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
