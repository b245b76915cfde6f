//! Turns what a person changed into operations that name the heads the person saw.

use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, RecordId, Value};

use crate::operation::Operation;
use crate::state::RecordState;

/// The operations of one save. `states` gives the records as the author saw them.
pub fn operations(changes: &[Change], states: &impl Fn(RecordId) -> Option<RecordState>) -> Vec<Operation> {
    let _ = (changes, states);
    Vec::new()
}

/// Moves a record in its workflow, from the status the author saw.
pub fn transition(record: RecordId, state: &RecordState, to: &str, reason: &str) -> Operation {
    let _ = state;
    Operation::Transition { record, from: String::new(), to: to.into(), reason: reason.into(), preds: Vec::new() }
}

/// Settles a conflict, the status's included, with one of its values or another.
pub fn resolve(record: RecordId, state: &RecordState, field: FieldNo, choice: Value, note: &str) -> Operation {
    Operation::Resolve { record, field, choice, note: note.into(), preds: state.heads_of(field) }
}

/// Deletes a record as the author saw it.
pub fn delete(record: RecordId, state: &RecordState, reason: &str) -> Operation {
    Operation::Delete { record, reason: reason.into(), observed: state.live_ids() }
}

/// Takes back every deletion the author saw.
pub fn restore(record: RecordId, state: &RecordState) -> Operation {
    Operation::Restore { record, preds: state.deletions() }
}
