//! Where a change of a record is written, and whether the province would take it.

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;
use arumbae_store::{RecordView, SaveContext, Store, Version};

use crate::error::{AppError, ErrorCode, Result};
use crate::record::RecordAccess;
use crate::region;

/// What the person at this laptop may do with a record.
pub(crate) fn access(store: &Store, RecordView { scope, deleted, .. }: &RecordView) -> RecordAccess {
    if store.may_write(scope) {
        if *deleted { RecordAccess::Deleted } else { RecordAccess::Write }
    } else if store.registry().may_read(store.profile().person_id, scope) {
        RecordAccess::Read
    } else {
        RecordAccess::Left
    }
}

/// What a change in a scope is written with. A change that the province would refuse is not begun, so that nobody works
/// on what nobody else will ever see.
pub(crate) fn change_in(store: &Store, scope: Scope, seen: Option<Version>, now_ms: u64) -> Result<SaveContext> {
    if store.may_write(&scope) {
        Ok(SaveContext { now_ms, scope, seen })
    } else {
        Err(AppError::new(ErrorCode::RecordElsewhere).with("office", region::name_of(scope.region())))
    }
}

/// The same for a record: in its own scope, or in the officer's for a new one. One that somebody saw deleted is not
/// changed; on one that was deleted meanwhile they are told.
pub(crate) fn change_of(store: &Store, id: RecordId, seen: Option<Version>, now_ms: u64) -> Result<SaveContext> {
    let scope = match store.document(id)? {
        Some(view) if view.deleted && seen.as_ref().is_none_or(|seen| *seen == view.version) => {
            return Err(AppError::new(ErrorCode::RecordDeleted));
        }
        Some(view) => view.scope,
        None => Scope::open(store.profile().district.clone()),
    };
    change_in(store, scope, seen, now_ms)
}
