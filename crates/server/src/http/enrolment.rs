//! Joining the province, and what a device that is not known yet may bring: unsigned, proven by what the body holds.

use std::sync::Arc;

use arumbae_protocol::enrolment::MAX_ENROL_BODY;
use arumbae_protocol::registry::{BroughtEntries, MAX_REGISTRY_BODY, RegistryReach};
use arumbae_protocol::short_code::MAX_CODE_BODY;
use arumbae_protocol::{CodeRequest, CodeResponse, EnrolRequest, EnrolResponse, paths};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::response::Response;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::failure::HttpFailure;
use super::limits::Connection;
use super::openapi::Refused;
use super::signed::protocol_of;
use super::{Shared, cbor_response};
use crate::province::RequestError;

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    let enrol = OpenApiRouter::new().routes(routes!(enrol)).layer(DefaultBodyLimit::max(MAX_ENROL_BODY));
    let code = OpenApiRouter::new().routes(routes!(give_invitation)).layer(DefaultBodyLimit::max(MAX_CODE_BODY));
    let registry = OpenApiRouter::new().routes(routes!(take_back)).layer(DefaultBodyLimit::max(MAX_REGISTRY_BODY));
    enrol.merge(code).merge(registry)
}

/// Redeems an invitation: makes a person and a device known and issues a certificate.
#[utoipa::path(post, path = paths::ENROL, tag = "enrolment", request_body(content = EnrolRequest, content_type = "application/cbor", description = "Signed by the device key inside it"), responses((status = 200, description = "Registered, now or before", body = EnrolResponse, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn enrol(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, HttpFailure> {
    shared.take_enrolment(Connection::of(&request).as_deref())?;
    let request: EnrolRequest = shared.read_unsigned(request).await?;
    let _turn = shared.turn().await?;
    let response = shared.province.enrol(request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}

/// Gives an invitation to who knows its short code. Who does not can do nothing with the answer.
#[utoipa::path(post, path = paths::ENROL_CODE, tag = "enrolment", request_body(content = CodeRequest, content_type = "application/cbor"), responses((status = 200, description = "For who knows the code", body = CodeResponse, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn give_invitation(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, HttpFailure> {
    shared.take_enrolment(Connection::of(&request).as_deref())?;
    let request: CodeRequest = shared.read_unsigned(request).await?;
    let _turn = shared.turn().await?;
    let response = shared.province.give_invitation(request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}

/// Takes back entries of the registry that a server restored from a backup lost. What the province did not sign, or does
/// not continue what it has, is passed over.
///
/// Unsigned: a device that was enrolled after the backup is not known before its own entry was brought back.
#[utoipa::path(post, path = paths::REGISTRY, tag = "enrolment", request_body(content = BroughtEntries, content_type = "application/cbor", description = "Each entry carries the province's signature"), responses((status = 200, description = "How far the registry reaches now", body = RegistryReach, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn take_back(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, HttpFailure> {
    shared.take_guest(Connection::of(&request).as_deref())?;
    let BroughtEntries { entries } = shared.read_unsigned(request).await?;
    let _turn = shared.turn().await?;
    let taken = shared.province.take_back_entries(entries).await;
    let registry_seq = taken.map_err(|error| shared.fail(&RequestError::from(error)))?;
    Ok(cbor_response(&RegistryReach { registry_seq }))
}

impl Shared {
    async fn read_unsigned<T: DeserializeOwned>(self: &Arc<Self>, request: Request) -> Result<T, HttpFailure> {
        let protocol = protocol_of(request.headers());
        let body = Bytes::from_request(request, self).await.map_err(|rejection| self.refuse_body(&rejection))?;
        self.decode(&body, protocol)
    }
}
