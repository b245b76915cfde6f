//! Redeeming an invitation: unsigned, proven by what the body holds.

use std::sync::Arc;

use arumbae_protocol::enrolment::MAX_ENROL_BODY;
use arumbae_protocol::{EnrolRequest, EnrolResponse, paths};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::response::Response;
use bytes::Bytes;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::failure::HttpFailure;
use super::limits::Connection;
use super::openapi::Refused;
use super::signed::protocol_of;
use super::{Shared, cbor_response};

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(enrol)).layer(DefaultBodyLimit::max(MAX_ENROL_BODY))
}

/// Redeems an invitation: makes a person and a device known and issues a certificate.
#[utoipa::path(post, path = paths::ENROL, tag = "enrolment", request_body(content = EnrolRequest, content_type = "application/cbor", description = "Signed by the device key inside it"), responses((status = 200, description = "Registered, now or before", body = EnrolResponse, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn enrol(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, HttpFailure> {
    shared.take_enrolment(Connection::of(&request).as_deref())?;
    let protocol = protocol_of(request.headers());
    let body = Bytes::from_request(request, &shared).await.map_err(|rejection| shared.refuse_body(&rejection))?;
    let request: EnrolRequest = shared.decode(&body, protocol)?;
    let _turn = shared.turn().await?;
    let response = shared.province.enrol(request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}
