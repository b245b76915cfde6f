//! The state of one record: a function of the *set* of its operations, whatever order they came in.

use std::borrow::Cow;

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldNo, Value};
use uuid::Uuid;

use crate::clock::Hlc;
use crate::operation::{KindNo, OpId, Operation};

/// When and by whom an operation was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The author's hybrid clock.
    pub hlc: Hlc,
    /// When the server first had it, by its signed receipt; milliseconds since 1970 UTC.
    pub received_ms: Option<u64>,
    /// The person at the keyboard.
    pub actor: Uuid,
}

/// A value nobody has superseded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The operation that wrote it.
    pub id: OpId,
    /// What it wrote.
    pub value: Value,
    /// When and by whom.
    pub stamp: Stamp,
    /// For a narrative, the revision it was written on.
    pub base: Option<OpId>,
}

/// A field as it stands.
#[derive(Clone, Debug)]
pub struct FieldView<'a> {
    /// What is shown.
    pub winner: Cow<'a, Value>,
    /// Every head, the shown one first.
    pub heads: Vec<&'a Head>,
    /// Whether different values wait for a person's decision.
    pub conflict: bool,
}

/// A transition nobody has superseded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusHead<'a> {
    /// The operation that made it.
    pub id: OpId,
    /// The status it left; `None` if it settled a conflict.
    pub from: Option<&'a str>,
    /// The status it set.
    pub to: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When and by whom.
    pub stamp: Stamp,
}

/// Where a record stands in its workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status<'a> {
    /// What counts meanwhile; `None` while no transition was made.
    pub effective: Option<&'a str>,
    /// The standing transitions, the latest by clock first.
    pub heads: Vec<StatusHead<'a>>,
    /// Whether they disagree ("perlu keputusan").
    pub needs_decision: bool,
    /// Transitions that do not hold: their author had not seen the status they leave, or it has not arrived.
    pub unheld: Vec<StatusHead<'a>>,
}

/// An attachment tied to the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRef {
    /// Its bytes' name.
    pub blob: BlobHash,
    /// Its length in bytes.
    pub byte_length: u64,
    /// Its media type.
    pub media_type: String,
}

/// A record state's bytes are damaged or of a later version; it can be rebuilt from the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record's stored state cannot be read: {0}")]
pub struct StateError(pub &'static str);

/// Everything the log says about one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordState {}

impl RecordState {
    /// A record nothing is known about.
    pub fn new() -> Self {
        RecordState::default()
    }

    /// Takes in an operation; any order and any repetition give the same state.
    pub fn apply(&mut self, id: OpId, stamp: Stamp, op: &Operation) {
        let _ = (id, stamp, op);
    }

    /// The state's canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads what [`RecordState::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<RecordState, StateError> {
        let _ = bytes;
        Ok(RecordState::default())
    }

    /// The record's kind, `None` until its creation arrives.
    pub fn kind(&self) -> Option<KindNo> {
        None
    }

    /// When and by whom the record was created.
    pub fn created(&self) -> Option<Stamp> {
        None
    }

    /// Where the record stands in its workflow.
    pub fn status(&self) -> Status<'_> {
        Status::default()
    }

    /// A field as it stands.
    pub fn field(&self, field: FieldNo) -> FieldView<'_> {
        let _ = field;
        FieldView { winner: Cow::Owned(Value::Null), heads: Vec::new(), conflict: false }
    }

    /// What is shown for a field.
    pub fn value(&self, field: FieldNo) -> Cow<'_, Value> {
        let _ = field;
        Cow::Owned(Value::Null)
    }

    /// Every field that was ever written, in order of number, the status left out.
    pub fn fields(&self) -> impl Iterator<Item = (FieldNo, FieldView<'_>)> {
        std::iter::empty()
    }

    /// The fields whose different values wait for a person's decision.
    pub fn conflicts(&self) -> impl Iterator<Item = (FieldNo, FieldView<'_>)> {
        std::iter::empty()
    }

    /// The numbers of all lists and sets that ever had an element.
    pub fn lists(&self) -> impl Iterator<Item = FieldNo> {
        std::iter::empty()
    }

    /// The elements of a list or set, each once, in ascending order.
    pub fn elements(&self, list: FieldNo) -> Vec<&Value> {
        let _ = list;
        Vec::new()
    }

    /// Elements that were removed and not added again. A removed child whose own state is
    /// [revived](Self::revived) was edited by someone who had not seen the removal: it is shown, flagged.
    pub fn removed_elements(&self, list: FieldNo) -> Vec<&Value> {
        let _ = list;
        Vec::new()
    }

    /// Whether the record is deleted and nothing unseen by the deletion keeps it.
    pub fn is_deleted(&self) -> bool {
        false
    }

    /// Whether it was deleted but an edit the deletion had not seen keeps it: to be reviewed.
    pub fn revived(&self) -> bool {
        false
    }

    /// The ids of a field's heads; the transitions' for the status.
    pub fn heads_of(&self, field: FieldNo) -> Vec<OpId> {
        let _ = field;
        Vec::new()
    }

    /// The additions that put an element into a list or set.
    pub fn observed(&self, list: FieldNo, element: &Value) -> Vec<OpId> {
        let _ = (list, element);
        Vec::new()
    }

    /// The standing deletions.
    pub fn deletions(&self) -> Vec<OpId> {
        Vec::new()
    }

    /// Every operation that now makes the record what it is; what a deletion has to have observed.
    pub fn live_ids(&self) -> Vec<OpId> {
        Vec::new()
    }

    /// Where the record was moved to, `None` if it still is in the scope it was created in.
    pub fn scope(&self) -> Option<&Scope> {
        None
    }

    /// The attachments tied to the record, each once.
    pub fn attachments(&self) -> Vec<&AttachmentRef> {
        Vec::new()
    }

    /// Whether it holds operations of a later version.
    pub fn has_unknown(&self) -> bool {
        false
    }

    /// The latest clock among what stands.
    pub fn updated(&self) -> Option<Hlc> {
        None
    }
}
