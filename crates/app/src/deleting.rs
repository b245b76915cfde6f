//! Deleting a record that was entered by mistake, and taking that back.

use arumbae_domain::RecordStatus;
use arumbae_domain::schema::{RecordId, RecordKind};
use arumbae_store::{DeletionView, RecordView, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::error::{AppError, ErrorCode, Result};
use crate::record::{ReadRecord, RecordMeta, change_in, existing, moment, record_meta, standing, status_of};

/// Deletes a record.
#[derive(Debug, Deserialize, TS)]
pub struct DeleteRecord {
    /// The record.
    pub id: RecordId,
    /// Why.
    pub reason: String,
}

/// Why a record has to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Undeletable {
    /// Reviewers have it, or have accepted it.
    HandedIn,
    /// Documents were issued from it.
    HasDocuments,
    /// Other records were made from it.
    HasDerived,
    /// It is an issued document.
    IsDocument,
}

/// That a record was deleted.
#[derive(Debug, Serialize, TS)]
pub struct Deletion {
    /// Why.
    pub reason: String,
    /// Who deleted it, empty if their name is not known here.
    pub author: String,
    /// When, by the author's clock.
    pub deleted_at: Timestamp,
}

impl From<DeletionView> for Deletion {
    fn from(DeletionView { reason, author, at_ms }: DeletionView) -> Self {
        Deletion { reason, author: author.unwrap_or_default(), deleted_at: moment(at_ms) }
    }
}

/// What keeps a record from being deleted, whoever wants to.
pub(crate) fn undeletable(store: &Store, view: &RecordView) -> Result<Option<Undeletable>> {
    if view.document.kind == RecordKind::IssuedDocument {
        return Ok(Some(Undeletable::IsDocument));
    }
    if !matches!(status_of(view.status.as_deref()), RecordStatus::Draft | RecordStatus::Returned) {
        return Ok(Some(Undeletable::HandedIn));
    }
    let made_of_it = store.referring_to(view.document.id)?;
    let documents = made_of_it.iter().any(|row| row.kind == RecordKind::IssuedDocument);
    Ok(match (documents, made_of_it.is_empty()) {
        (true, _) => Some(Undeletable::HasDocuments),
        (false, false) => Some(Undeletable::HasDerived),
        (false, true) => None,
    })
}

pub(crate) async fn record_delete(app: &App, DeleteRecord { id, reason }: DeleteRecord) -> Result<RecordMeta> {
    let now_ms = app.now_ms();
    app.with_store(move |store| {
        let view = standing(store, id)?;
        if reason.trim().is_empty() {
            return Err(AppError::new(ErrorCode::ReasonMissing));
        }
        if undeletable(store, &view)?.is_some() {
            return Err(AppError::new(ErrorCode::DeleteRefused));
        }
        let context = change_in(store, view.scope, None, now_ms)?;
        store.delete(id, reason.trim(), &context)?;
        record_meta(store, existing(store, id)?)
    })
    .await
}

/// Brings a deleted record back, or settles that one which came back stays. Of any other nothing is changed.
pub(crate) async fn record_restore(app: &App, ReadRecord { id }: ReadRecord) -> Result<RecordMeta> {
    let now_ms = app.now_ms();
    app.with_store(move |store| {
        let view = existing(store, id)?;
        if view.deleted || view.revived {
            let context = change_in(store, view.scope, None, now_ms)?;
            store.restore(id, &context)?;
        }
        record_meta(store, existing(store, id)?)
    })
    .await
}
