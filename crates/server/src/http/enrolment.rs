//! Redeeming an invitation: unsigned, proven by what the body holds.

use std::sync::Arc;

use arumbae_protocol::enrolment::MAX_ENROL_BODY;
use arumbae_protocol::{EnrolRequest, paths};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;

use super::failure::HttpFailure;
use super::limits::Connection;
use super::signed::protocol_of;
use super::{Shared, cbor_response};
use crate::storage::Storage;

pub(super) fn router<S: Storage>() -> Router<Arc<Shared<S>>> {
    Router::new().route(paths::ENROL, post(enrol::<S>).layer(DefaultBodyLimit::max(MAX_ENROL_BODY)))
}

async fn enrol<S: Storage>(State(shared): State<Arc<Shared<S>>>, request: Request) -> Result<Response, HttpFailure> {
    shared.take_enrolment(Connection::of(&request).as_deref())?;
    let protocol = protocol_of(request.headers());
    let body = Bytes::from_request(request, &shared).await.map_err(|rejection| shared.refuse_body(&rejection))?;
    let request: EnrolRequest = shared.decode(&body, protocol)?;
    let _turn = shared.turn().await?;
    let response = shared.province.enrol(request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}
