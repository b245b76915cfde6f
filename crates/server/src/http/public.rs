//! Paths that anybody may ask for: unsigned, and so limited by the address they come from.
//!
//! Whatever belongs here tells the same to everybody and changes nothing.

use std::sync::Arc;

use arumbae_protocol::{ServerInfo, paths};
use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::openapi::Refused;
use super::{Shared, cbor_response};

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(info))
}

/// Says which province this is.
#[utoipa::path(get, path = paths::INFO, tag = "public", responses((status = 200, description = "What the server says about itself", body = ServerInfo, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn info(State(shared): State<Arc<Shared>>) -> Response {
    cbor_response(&shared.province.info())
}
