//! From what the store answers to what the screen shows.

use arumbae_domain::RecordStatus;
use arumbae_domain::schema::{Choice, RecordId};
use arumbae_store::{Conflict, RecordView, StepView, Store, SyncState};
use jiff::Timestamp;

use crate::deleting::{self, Deletion};
use crate::error::{AppError, ErrorCode, Result};
use crate::moving;
use crate::record::json::to_json;
use crate::record::{ConflictEntry, ConflictValue, Delivery, RecordMeta, RecordRow, StepTaken, access, comparison};
use crate::region;
use crate::review;

impl From<SyncState> for Delivery {
    fn from(state: SyncState) -> Self {
        match state {
            SyncState::Waiting => Delivery::Waiting,
            SyncState::Sent => Delivery::Sent,
        }
    }
}

/// The moment of a stamp. Stamps beyond the calendar, as a broken clock makes them, show as its last day.
pub(crate) fn moment(millis: u64) -> Timestamp {
    i64::try_from(millis).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(Timestamp::MAX)
}

/// The status that holds; a record that was never moved is being written.
pub(crate) fn status_of(status: Option<&str>) -> RecordStatus {
    status.map_or(RecordStatus::Draft, RecordStatus::from_code)
}

/// A record that must be there.
pub(crate) fn existing(store: &Store, id: RecordId) -> Result<RecordView> {
    store.document(id)?.ok_or_else(|| AppError::new(ErrorCode::RecordMissing))
}

/// A record that must be there and not be deleted.
pub(crate) fn standing(store: &Store, id: RecordId) -> Result<RecordView> {
    let view = existing(store, id)?;
    if view.deleted { Err(AppError::new(ErrorCode::RecordDeleted)) } else { Ok(view) }
}

/// A row of a list.
pub(crate) fn record_row(row: arumbae_store::RecordRow) -> RecordRow {
    let arumbae_store::RecordRow {
        id,
        kind,
        title,
        subtitle,
        status,
        needs_decision,
        date,
        scope,
        updated_ms,
        sync,
        conflicts,
    } = row;
    RecordRow {
        id,
        kind,
        title,
        subtitle,
        status: status_of(status.as_deref()).into(),
        needs_decision,
        date: date.and_then(|date| date.parse().ok()),
        updated_at: moment(updated_ms),
        delivery: sync.into(),
        conflicts,
        scope_name: region::name_of(scope.region()),
    }
}

/// What is known about a record besides its fields.
pub(crate) fn record_meta(store: &Store, view: RecordView) -> Result<RecordMeta> {
    let conflicts =
        view.conflicts.iter().map(|conflict| conflict_entry(store, &view, conflict)).collect::<Result<_>>()?;
    Ok(RecordMeta {
        id: view.document.id,
        kind: view.document.kind,
        scope_name: region::name_of(view.scope.region()),
        status: status_of(view.status.as_deref()).into(),
        last_step: view.step.clone().map(step_taken),
        next_statuses: review::next_statuses(store, &view).into_iter().map(String::from).collect(),
        access: access(store, &view),
        may_move: moving::may_move(store, &view),
        undeletable: deleting::undeletable(store, &view)?,
        deleted: view.deleted,
        deletion: view.deletion.clone().map(Deletion::from),
        needs_decision: view.needs_decision,
        requested: view.requested,
        revived: view.revived,
        returned_parts: view.returned_parts.len(),
        holds_later: view.holds_later,
        delivery: view.sync.into(),
        author: view.author.clone().unwrap_or_default(),
        updated_at: moment(view.updated_ms),
        version: view.version.to_string(),
        conflicts,
        scope: view.scope,
    })
}

fn step_taken(step: StepView) -> StepTaken {
    let StepView { operation: _, from: _, to, reason, author, at_ms } = step;
    StepTaken { to, reason, author: author.unwrap_or_default(), taken_at: moment(at_ms) }
}

/// A conflict as it is shown: the names of the field and of the record, and every value with its author.
pub(crate) fn conflict_entry(store: &Store, root: &RecordView, conflict: &Conflict) -> Result<ConflictEntry> {
    let own = store.device_key();
    let field = conflict.kind.definition().name_of(conflict.field).unwrap_or_default();
    let mut values: Vec<ConflictValue> = Vec::new();
    for head in &conflict.heads {
        let value = to_json(&head.value);
        // Who said the same as another later one is in the history.
        if values.iter().all(|known| known.value != value) {
            let author = head.author.clone().unwrap_or_default();
            values.push(ConflictValue { value, author, written_at: moment(head.at_ms), own: head.device == Some(own) });
        }
    }
    Ok(ConflictEntry {
        record: conflict.record,
        record_kind: conflict.kind,
        root: root.document.id,
        root_kind: root.document.kind,
        root_title: store.title_of(root.document.id)?.unwrap_or_default(),
        field: field.to_owned(),
        values,
        comparison: comparison(store, conflict)?,
    })
}
