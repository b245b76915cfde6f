//! Turns what a person changed into operations that name the heads the person saw.

use std::borrow::Cow;
use std::collections::HashMap;

use arumbae_domain::Scope;
use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, RecordId, Value, reserved};

use crate::operation::{KindNo, OpId, Operation};
use crate::state::policy;
use crate::state::{AttachmentRef, FieldView, INITIAL_STATUS, RecordState, Status};

/// The operations of one save. `states` gives the records as the author saw them.
///
/// What a save says twice it says once: of several changes of one field or element the last counts. A change to
/// what already stands makes no operation.
pub fn operations(changes: &[Change], states: &impl Fn(RecordId) -> Option<RecordState>) -> Vec<Operation> {
    let mut seen = Seen { states, known: HashMap::new() };
    let last = last_words(changes);
    let mut ops = Vec::with_capacity(changes.len());
    for (at, change) in changes.iter().enumerate() {
        if last.get(&Subject::of(change)) == Some(&at) {
            author(change, &mut seen, &mut ops);
        }
    }
    ops
}

/// Moves a record in its workflow, from the status the author saw. Of transitions that disagree it supersedes
/// those that led there; the others wait for [`resolve`].
pub fn transition(record: RecordId, state: &RecordState, to: &str, reason: &str) -> Operation {
    let Status { effective, heads, .. } = state.status();
    let from = effective.unwrap_or(INITIAL_STATUS);
    let preds = heads.iter().filter(|head| head.to == from).map(|head| head.id).collect();
    Operation::Transition { record, from: from.to_owned(), to: to.to_owned(), reason: reason.to_owned(), preds }
}

/// Settles a conflict, the status's and the scope's included, with one of its values or another.
pub fn resolve(record: RecordId, state: &RecordState, field: FieldNo, choice: Value, note: &str) -> Operation {
    Operation::Resolve { record, field, choice, note: note.to_owned(), preds: state.heads_of(field) }
}

/// Deletes a record as the author saw it.
pub fn delete(record: RecordId, state: &RecordState, reason: &str) -> Operation {
    Operation::Delete { record, reason: reason.to_owned(), observed: state.live_ids() }
}

/// Takes back every deletion the author saw.
pub fn restore(record: RecordId, state: &RecordState) -> Operation {
    Operation::Restore { record, preds: state.deletions() }
}

/// Moves a record into another scope. A move after another also names the moves the author saw, as a decision does, so
/// that only moves made without knowing of each other disagree; a decision also says why.
pub fn rehome(record: RecordId, state: &RecordState, from: &Scope, to: &Scope, reason: &str) -> Vec<Operation> {
    let mut ops = vec![Operation::Rehome { record, from: from.clone(), to: to.clone() }];
    if !state.heads_of(reserved::SCOPE).is_empty() || !reason.is_empty() {
        ops.push(resolve(record, state, reserved::SCOPE, Value::Text(to.to_string()), reason));
    }
    ops
}

/// Everything a record is, as operations of a lane of the scope it moves to: whoever reads only that scope gets the
/// whole record with them. For whoever reads both, each takes the place of what it repeats.
///
/// The record must be undecided in nothing and hold nothing of a later version.
pub fn repeat(record: RecordId, state: &RecordState) -> Vec<Operation> {
    let mut ops: Vec<Operation> = state.kind().map(|kind| Operation::Create { record, kind }).into_iter().collect();
    for (field, FieldView { winner, heads, .. }) in state.fields() {
        let preds = heads.iter().map(|head| head.id).collect();
        ops.push(match winner.into_owned() {
            Value::Text(text) if state.is_narrative(field) => {
                Operation::Revise { record, field, base: None, text, preds }
            }
            value => Operation::Set { record, field, value, preds },
        });
    }
    for list in state.lists() {
        let mut observed = Vec::new();
        for element in state.elements(list) {
            observed.extend(state.observed(list, element));
            ops.push(Operation::Add { record, list, element: element.clone() });
        }
        if !observed.is_empty() {
            ops.push(Operation::Remove { record, list, observed });
        }
    }
    ops.extend(state.attachments().into_iter().map(|AttachmentRef { blob, byte_length, media_type }| {
        Operation::Attach { record, blob: *blob, byte_length: *byte_length, media_type: media_type.clone() }
    }));
    let status = state.status();
    if let (Some(effective), Some(head)) = (status.effective, status.heads.first()) {
        ops.push(resolve(record, state, reserved::STATUS, Value::Text(effective.to_owned()), head.reason));
    }
    ops
}

/// What a change is about; of changes about the same the last counts.
#[derive(PartialEq, Eq, Hash)]
enum Subject<'a> {
    Record(RecordId),
    Field(RecordId, FieldNo),
    Element(RecordId, FieldNo, Cow<'a, Value>),
}

impl<'a> Subject<'a> {
    fn of(change: &'a Change) -> Self {
        match change {
            Change::Create { record, kind: _ } => Subject::Record(*record),
            Change::Set { record, field, value: _ } | Change::Revise { record, field, text: _ } => {
                Subject::Field(*record, *field)
            }
            Change::AddChild { record, list, child } | Change::RemoveChild { record, list, child } => {
                Subject::Element(*record, *list, Cow::Owned(Value::Reference(*child)))
            }
            Change::AddElement { record, list, value } | Change::RemoveElement { record, list, value } => {
                Subject::Element(*record, *list, Cow::Borrowed(value))
            }
        }
    }
}

/// Where in the save each subject is last spoken of.
fn last_words(changes: &[Change]) -> HashMap<Subject<'_>, usize> {
    changes.iter().enumerate().map(|(at, change)| (Subject::of(change), at)).collect()
}

/// The states the author saw, each asked for once.
struct Seen<'a, F> {
    states: &'a F,
    known: HashMap<RecordId, Option<RecordState>>,
}

impl<F: Fn(RecordId) -> Option<RecordState>> Seen<'_, F> {
    fn state(&mut self, record: RecordId) -> Option<&RecordState> {
        self.known.entry(record).or_insert_with(|| (self.states)(record)).as_ref()
    }
}

fn author(change: &Change, seen: &mut Seen<'_, impl Fn(RecordId) -> Option<RecordState>>, ops: &mut Vec<Operation>) {
    match change {
        Change::Create { record, kind } => {
            if seen.state(*record).and_then(RecordState::kind).is_none() {
                ops.push(Operation::Create { record: *record, kind: KindNo::from(*kind) });
            }
        }
        Change::Set { record, field, value } => {
            let state = seen.state(*record);
            let (preds, value) =
                match state.and_then(|state| policy::increment(state.policy(*field), &state.value(*field), value)) {
                    Some(added) => (Vec::new(), Value::Integer(added)),
                    None => match superseding(state, *field, value) {
                        Some((preds, _)) => (preds, value.clone()),
                        None => return,
                    },
                };
            ops.push(Operation::Set { record: *record, field: *field, value, preds });
        }
        Change::Revise { record, field, text } => {
            // A narrative that was emptied holds nothing, as a text field that was emptied does.
            let value = if text.is_empty() { Value::Null } else { Value::Text(text.clone()) };
            match (superseding(seen.state(*record), *field, &value), value) {
                (None, _) => {}
                (Some((preds, _)), Value::Null) => {
                    ops.push(Operation::Set { record: *record, field: *field, value: Value::Null, preds });
                }
                (Some((preds, base)), _) => {
                    ops.push(Operation::Revise { record: *record, field: *field, base, text: text.clone(), preds });
                }
            }
        }
        Change::AddChild { record, list, child } => {
            add(*record, *list, Value::Reference(*child), seen, ops);
            let deletions = seen.state(*child).map(RecordState::deletions).unwrap_or_default();
            if !deletions.is_empty() {
                ops.push(Operation::Restore { record: *child, preds: deletions });
            }
        }
        Change::RemoveChild { record, list, child } => {
            remove(*record, *list, &Value::Reference(*child), seen, ops);
            // The deletion names what the author saw of the child, so that an edit they did not see brings it back.
            if let Some(state) = seen.state(*child).filter(|state| !state.is_deleted()) {
                ops.push(delete(*child, state, ""));
            }
        }
        Change::AddElement { record, list, value } => add(*record, *list, value.clone(), seen, ops),
        Change::RemoveElement { record, list, value } => remove(*record, *list, value, seen, ops),
    }
}

/// The heads a new value supersedes and the one it was written on; `None` if the value already stands.
///
/// In a conflict the author had the shown value before them, so only that one is superseded: the other stays
/// listed until somebody resolves it. Where the schema decides conflicts, all heads are.
fn superseding(state: Option<&RecordState>, field: FieldNo, value: &Value) -> Option<(Vec<OpId>, Option<OpId>)> {
    let set_otherwise = [reserved::KIND, reserved::STATUS, reserved::SCOPE];
    debug_assert!(!set_otherwise.contains(&field), "made, stepped and moved, never set");
    let Some(state) = state else {
        return (*value != Value::Null).then(Default::default);
    };
    let FieldView { winner, heads, conflict } = state.field(field);
    if *winner == *value {
        return None;
    }
    let replaced = heads.iter().filter(|head| !conflict || head.value == *winner);
    Some((replaced.map(|head| head.id).collect(), heads.first().map(|head| head.id)))
}

fn add(
    record: RecordId,
    list: FieldNo,
    element: Value,
    seen: &mut Seen<'_, impl Fn(RecordId) -> Option<RecordState>>,
    ops: &mut Vec<Operation>,
) {
    let stands = seen.state(record).is_some_and(|state| !state.observed(list, &element).is_empty());
    if !stands {
        ops.push(Operation::Add { record, list, element });
    }
}

fn remove(
    record: RecordId,
    list: FieldNo,
    element: &Value,
    seen: &mut Seen<'_, impl Fn(RecordId) -> Option<RecordState>>,
    ops: &mut Vec<Operation>,
) {
    let observed = seen.state(record).map(|state| state.observed(list, element)).unwrap_or_default();
    if !observed.is_empty() {
        ops.push(Operation::Remove { record, list, observed });
    }
}
