//! The exchange of every day, and the repair of a scope whose digests differ.

use std::sync::Arc;

use arumbae_protocol::repair::MAX_REPAIR_BODY;
use arumbae_protocol::sync::MAX_SYNC_BODY;
use arumbae_protocol::{RepairRequest, SyncRequest, paths};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::post;

use super::failure::HttpFailure;
use super::signed::Signed;
use super::{Shared, cbor_response};
use crate::storage::Storage;

pub(super) fn router<S: Storage>() -> Router<Arc<Shared<S>>> {
    Router::new()
        .route(paths::SYNC, post(sync::<S>).layer(DefaultBodyLimit::max(MAX_SYNC_BODY)))
        .route(paths::REPAIR, post(repair::<S>).layer(DefaultBodyLimit::max(MAX_REPAIR_BODY)))
}

async fn sync<S: Storage>(State(shared): State<Arc<Shared<S>>>, signed: Signed) -> Result<Response, HttpFailure> {
    let Signed { device, person, ref body, protocol, .. } = signed;
    let request: SyncRequest = shared.decode(body, protocol)?;
    let _turn = shared.turn().await?;
    let response = shared.province.exchange(device, person, request).await.map_err(|error| shared.fail(&error))?;
    shared.metrics.exchanged(&response);
    Ok(cbor_response(&response))
}

async fn repair<S: Storage>(State(shared): State<Arc<Shared<S>>>, signed: Signed) -> Result<Response, HttpFailure> {
    let request: RepairRequest = shared.decode(&signed.body, signed.protocol)?;
    let _turn = shared.turn().await?;
    let response = shared.province.repair(signed.person, request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}
