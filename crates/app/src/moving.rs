//! Moving a record to the office it belongs to.

use std::iter;

use arumbae_domain::Scope;
use arumbae_domain::region::RegionCode;
use arumbae_domain::region_table::{Region, RegionPath};
use arumbae_domain::schema::{RecordId, RecordKind};
use arumbae_protocol::registry::Action;
use arumbae_store::{RecordView, Store};
use serde::Deserialize;
use ts_rs::TS;

use crate::App;
use crate::error::{AppError, ErrorCode, Result};
use crate::record::{ReadRecord, RecordMeta, existing, record_meta, standing};
use crate::reference;

/// Moves a record to another office.
#[derive(Debug, Deserialize, TS)]
pub struct MoveRecord {
    /// The record.
    pub id: RecordId,
    /// The region of the office that answers for it from now on.
    pub to: RegionCode,
    /// Why.
    pub reason: String,
}

/// A region's office and those below it, from the regency down to the district.
fn offices_within(region: &RegionCode) -> impl Iterator<Item = &Region> {
    let table = reference::regions();
    let below = table.children(region).flat_map(|near| iter::once(near).chain(table.children(&near.code)));
    table.get(region).into_iter().chain(below).filter(|office| (2..=3).contains(&office.code.depth()))
}

fn may_move_in(store: &Store, scope: &Scope) -> bool {
    store.registry().may(store.profile().person_id, Action::Review, scope)
}

/// Whether the person at this laptop may move a record: whoever reviews it. A signed document stays with the office that
/// issued it.
pub(crate) fn may_move(store: &Store, view: &RecordView) -> bool {
    !view.deleted && view.document.kind != RecordKind::IssuedDocument && may_move_in(store, &view.scope)
}

/// Moves a record, or decides between moves that disagree.
pub(crate) fn move_record(store: &mut Store, view: &RecordView, to: &Scope, reason: &str, now_ms: u64) -> Result<()> {
    if reason.trim().is_empty() {
        return Err(AppError::new(ErrorCode::ReasonMissing));
    }
    if !may_move(store, view) || !may_move_in(store, to) {
        return Err(AppError::new(ErrorCode::MoveRefused));
    }
    store.rehome(view.document.id, to, reason.trim(), now_ms)?;
    Ok(())
}

pub(crate) async fn record_destinations(app: &App, args: ReadRecord) -> Result<Vec<RegionPath>> {
    app.with_store(move |store| {
        let view = existing(store, args.id)?;
        let granted = store.registry().grants_of(store.profile().person_id);
        let mut offices: Vec<&Region> = granted.flat_map(|grant| offices_within(grant.scope.region())).collect();
        offices.retain(|office| {
            office.code != *view.scope.region() && may_move_in(store, &view.scope.in_region(office.code.clone()))
        });
        offices.sort_by(|one, other| one.code.cmp(&other.code));
        offices.dedup_by(|one, other| one.code == other.code);
        Ok(offices.into_iter().filter_map(|office| reference::regions().path(&office.code)).collect())
    })
    .await
}

pub(crate) async fn record_move(app: &App, MoveRecord { id, to, reason }: MoveRecord) -> Result<RecordMeta> {
    let now_ms = app.now_ms();
    app.with_store(move |store| {
        let view = standing(store, id)?;
        let to = view.scope.in_region(to);
        if to == view.scope || reference::regions().get(to.region()).is_none() {
            return Err(AppError::new(ErrorCode::MoveRefused));
        }
        move_record(store, &view, &to, &reason, now_ms)?;
        record_meta(store, existing(store, id)?)
    })
    .await
}
