//! What an edit changes, in terms of records and fields; the merge log turns it into operations.

use crate::schema::{FieldNo, RecordId, RecordKind, Value};

/// One difference between what a record was and what a person made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A record comes into being.
    Create {
        /// Its identity.
        record: RecordId,
        /// What it is.
        kind: RecordKind,
    },
    /// A field gets another value; [`Value::Null`] clears it.
    Set {
        /// The record.
        record: RecordId,
        /// The field.
        field: FieldNo,
        /// What it holds from now on.
        value: Value,
    },
    /// A narrative is rewritten.
    Revise {
        /// The record.
        record: RecordId,
        /// The narrative.
        field: FieldNo,
        /// The whole new text.
        text: String,
    },
    /// A child record joins a list.
    AddChild {
        /// The record that has the list.
        record: RecordId,
        /// The list.
        list: FieldNo,
        /// The child.
        child: RecordId,
    },
    /// A child record leaves a list.
    RemoveChild {
        /// The record that has the list.
        record: RecordId,
        /// The list.
        list: FieldNo,
        /// The child.
        child: RecordId,
    },
    /// A value joins a set.
    AddElement {
        /// The record that has the set.
        record: RecordId,
        /// The set.
        list: FieldNo,
        /// The value.
        value: Value,
    },
    /// A value leaves a set.
    RemoveElement {
        /// The record that has the set.
        record: RecordId,
        /// The set.
        list: FieldNo,
        /// The value.
        value: Value,
    },
}
