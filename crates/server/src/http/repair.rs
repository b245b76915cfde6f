//! The repair of a scope whose digests differ.

use std::sync::Arc;

use arumbae_protocol::repair::MAX_REPAIR_BODY;
use arumbae_protocol::{RepairRequest, RepairResponse, paths};
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::failure::HttpFailure;
use super::openapi::Refused;
use super::signed::Signed;
use super::{Shared, cbor_response};

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(repair)).layer(DefaultBodyLimit::max(MAX_REPAIR_BODY))
}

/// Finds where two sides' segments of a scope differ, and gives those that are missing.
#[utoipa::path(post, path = paths::REPAIR, tag = "synchronization", security(("device" = [])), request_body(content = RepairRequest, content_type = "application/cbor", description = "What the device asks about"), responses((status = 200, description = "What the server holds of it", body = RepairResponse, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn repair(State(shared): State<Arc<Shared>>, signed: Signed) -> Result<Response, HttpFailure> {
    let request: RepairRequest = shared.decode(&signed.body, signed.protocol)?;
    let _turn = shared.turn().await?;
    let response = shared.province.repair(signed.person, request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}
