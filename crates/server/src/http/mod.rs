//! The way in over HTTP: paths, limits, signatures. What a request means is the province's business.

mod attachments;
mod byte_range;
mod failure;
mod replay;
mod signed;
mod snapshots;

use std::sync::Arc;
use std::time::Duration;

use arumbae_protocol::enrolment::MAX_ENROL_BODY;
use arumbae_protocol::repair::MAX_REPAIR_BODY;
use arumbae_protocol::sync::MAX_SYNC_BODY;
use arumbae_protocol::{
    CBOR_MEDIA_TYPE, EnrolRequest, FailureCode, PROTOCOL_HEADER, PROTOCOL_VERSION, RepairRequest, SyncRequest, cbor,
    paths,
};
use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::province::Province;
use crate::storage::Storage;
use failure::HttpFailure;
use replay::ReplayGuard;
use signed::Signed;

/// A request may take this long in all. On the slowest links devices send small segments and chunks instead.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(300);

/// What handlers share.
pub(crate) struct Shared<S> {
    pub(crate) province: Arc<Province<S>>,
    replay: ReplayGuard,
}

/// The server's paths over a province, whatever carries the requests there.
pub fn router<S: Storage>(province: Arc<Province<S>>) -> Router {
    let replay = ReplayGuard::new(province.clock.now_ms() / 1000);
    let shared = Arc::new(Shared { province, replay });
    Router::new()
        .route(paths::INFO, get(info::<S>))
        .route(paths::ENROL, post(enrol::<S>).layer(DefaultBodyLimit::max(MAX_ENROL_BODY)))
        .route(paths::SYNC, post(sync::<S>).layer(DefaultBodyLimit::max(MAX_SYNC_BODY)))
        .route(paths::REPAIR, post(repair::<S>).layer(DefaultBodyLimit::max(MAX_REPAIR_BODY)))
        .merge(attachments::router::<S>())
        .merge(snapshots::router::<S>())
        .fallback(unknown_path::<S>)
        .with_state(shared)
        .layer(axum::middleware::map_response(name_protocol))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(TraceLayer::new_for_http().make_span_with(request_span))
}

async fn name_protocol(mut response: Response) -> Response {
    response.headers_mut().insert(HeaderName::from_static(PROTOCOL_HEADER), HeaderValue::from(PROTOCOL_VERSION));
    response
}

/// The route, not the path: a path names attachments.
fn request_span(request: &Request) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), route)
}

async fn info<S: Storage>(State(shared): State<Arc<Shared<S>>>) -> Response {
    cbor_response(&shared.province.info())
}

async fn enrol<S: Storage>(
    State(shared): State<Arc<Shared<S>>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, HttpFailure> {
    let body = body.map_err(|rejection| shared.refuse_body(&rejection))?;
    let request: EnrolRequest = shared.decode(&body, signed::protocol_of(&headers))?;
    let response = shared.province.enrol(request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}

async fn sync<S: Storage>(State(shared): State<Arc<Shared<S>>>, signed: Signed) -> Result<Response, HttpFailure> {
    let Signed { device, person, body, protocol } = signed;
    let request: SyncRequest = shared.decode(&body, protocol)?;
    let response = shared.province.exchange(device, person, request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}

async fn repair<S: Storage>(State(shared): State<Arc<Shared<S>>>, signed: Signed) -> Result<Response, HttpFailure> {
    let request: RepairRequest = shared.decode(&signed.body, signed.protocol)?;
    let response = shared.province.repair(signed.person, request).await.map_err(|error| shared.fail(&error))?;
    Ok(cbor_response(&response))
}

async fn unknown_path<S: Storage>(State(shared): State<Arc<Shared<S>>>) -> HttpFailure {
    shared.refuse(FailureCode::NotFound)
}

impl<S: Storage> Shared<S> {
    /// A later protocol may add to bodies; only one that can no longer be read is too new.
    fn decode<T: DeserializeOwned>(&self, body: &[u8], protocol: u16) -> Result<T, HttpFailure> {
        let too_new = protocol > PROTOCOL_VERSION;
        let code = if too_new { FailureCode::UnsupportedProtocol } else { FailureCode::MalformedBody };
        cbor::from_bytes(body).map_err(|_| self.refuse(code))
    }

    fn refuse_body(&self, rejection: &BytesRejection) -> HttpFailure {
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        self.refuse(if too_large { FailureCode::TooLarge } else { FailureCode::MalformedBody })
    }
}

fn cbor_response<T: Serialize>(body: &T) -> Response {
    ([(header::CONTENT_TYPE, CBOR_MEDIA_TYPE)], cbor::to_bytes(body)).into_response()
}
