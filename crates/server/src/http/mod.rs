//! The way in over HTTP: paths, limits, signatures. What a request means is the province's business.

mod attachments;
mod authorities;
mod byte_range;
mod enrolment;
mod exchange;
mod failure;
mod health;
mod limits;
mod openapi;
mod operations;
mod public;
mod repair;
mod signed;
mod snapshots;
mod time_stamps;
mod tracking;
mod unfinished;
mod uploader;
mod verification;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::{CBOR_MEDIA_TYPE, FailureCode, PROTOCOL_HEADER, PROTOCOL_VERSION, cbor};
use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use limits::Connections;
pub use limits::{Allowance, Limits, Pace};
pub(crate) use operations::operations;

use crate::metrics::{Limit, Metrics};
use crate::province::{Province, RequestError};
use failure::HttpFailure;
use limits::{AddressGroup, Allowances, Connection, Room, Spent, TooSlow};
use unfinished::Unfinished;

/// What handlers share.
pub(crate) struct Shared {
    pub(crate) province: Arc<Province>,
    data_dir: PathBuf,
    limits: Limits,
    metrics: Metrics,
    unfinished: Arc<Unfinished>,
    room: Room,
    device_requests: Allowances<DeviceKey>,
    device_kib: Allowances<DeviceKey>,
    guest_requests: Allowances<AddressGroup>,
    enrolments: Allowances<AddressGroup>,
}

/// The server's paths over a province, whatever carries the requests there. What does not come over a [`Connection`]
/// has no address that could be limited.
pub fn router(province: Arc<Province>, data_dir: PathBuf, limits: Limits) -> Router {
    paths(Shared::new(province, data_dir, limits, Metrics::default()))
}

pub(crate) fn paths(shared: Arc<Shared>) -> Router {
    described(&shared)
        .split_for_parts()
        .0
        .fallback(unknown_path)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&shared), tracking::follow))
        .with_state(shared)
        .layer(axum::middleware::map_response(name_protocol))
}

/// The paths with their descriptions; what has none cannot be added here.
fn described(shared: &Arc<Shared>) -> OpenApiRouter<Arc<Shared>> {
    let open_to_all = public::router()
        .merge(authorities::router())
        .merge(time_stamps::router())
        .merge(verification::router())
        .merge(health::router());
    let guests = axum::middleware::from_fn_with_state(Arc::clone(shared), limit_guests);
    OpenApiRouter::with_openapi(openapi::Document::openapi())
        .merge(open_to_all.layer(guests))
        .merge(enrolment::router())
        .merge(exchange::router())
        .merge(repair::router())
        .merge(attachments::router())
        .merge(snapshots::router())
}

/// The OpenAPI document of all paths, as it is committed in `docs/openapi.json`.
pub fn openapi(province: Arc<Province>) -> String {
    let shared = Shared::new(province, PathBuf::new(), Limits::default(), Metrics::default());
    let document = described(&shared).into_openapi();
    // The document is made of strings and numbers, which JSON can hold.
    document.to_pretty_json().unwrap_or_default() + "\n"
}

async fn name_protocol(mut response: Response) -> Response {
    response.headers_mut().insert(HeaderName::from_static(PROTOCOL_HEADER), HeaderValue::from(PROTOCOL_VERSION));
    response
}

/// What nobody signed is limited by where it comes from.
async fn limit_guests(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Result<Response, HttpFailure> {
    shared.take_guest(Connection::of(&request).as_deref())?;
    Ok(next.run(request).await)
}

async fn unknown_path(State(shared): State<Arc<Shared>>, request: Request) -> HttpFailure {
    let spent = shared.take_guest(Connection::of(&request).as_deref()).err();
    spent.unwrap_or_else(|| shared.refuse(FailureCode::NotFound))
}

impl Shared {
    pub(crate) fn new(province: Arc<Province>, data_dir: PathBuf, limits: Limits, metrics: Metrics) -> Arc<Self> {
        Arc::new(Shared {
            unfinished: Arc::default(),
            room: Room::new(&limits),
            device_requests: Allowances::new(limits.device_requests),
            device_kib: Allowances::new(limits.device_kib),
            guest_requests: Allowances::new(limits.guest_requests),
            enrolments: Allowances::new(limits.enrolments),
            province,
            data_dir,
            limits,
            metrics,
        })
    }

    /// Takes a request and its body from what a device is allowed.
    fn take_device(&self, device: DeviceKey, bytes: usize) -> Result<(), HttpFailure> {
        self.taken(Limit::DeviceRequests, self.device_requests.take(&device, 1))?;
        self.taken(Limit::DeviceBytes, self.device_kib.take(&device, kib(bytes)))
    }

    /// Takes a request that no registered device signed from what its address is allowed.
    fn take_guest(&self, connection: Option<&Connection>) -> Result<(), HttpFailure> {
        let Some(connection) = connection else { return Ok(()) };
        self.taken(Limit::GuestRequests, self.guest_requests.take(&connection.from, 1))
    }

    /// Takes an enrolment, or an attempt at one, from what its address is allowed.
    fn take_enrolment(&self, connection: Option<&Connection>) -> Result<(), HttpFailure> {
        let Some(connection) = connection else { return Ok(()) };
        self.taken(Limit::Enrolments, self.enrolments.take(&connection.from, 1))
    }

    fn taken(&self, limit: Limit, taken: Result<(), Spent>) -> Result<(), HttpFailure> {
        taken.map_err(|spent| {
            self.metrics.hit(limit);
            spent.into()
        })
    }

    /// Keeps memory for a body of so many bytes.
    fn room_for_body(&self, bytes: usize) -> Result<OwnedSemaphorePermit, HttpFailure> {
        self.room.for_body(kib(bytes)).map_err(|full| {
            self.metrics.hit(Limit::Bodies);
            full.into()
        })
    }

    /// Waits for a turn to do what takes the processor or the disk for long.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, HttpFailure> {
        self.room.turn().await.map_err(|full| {
            self.metrics.hit(Limit::Turns);
            full.into()
        })
    }

    /// Refuses a request for a reason the client can act on.
    pub(crate) fn refuse(&self, code: FailureCode) -> HttpFailure {
        HttpFailure::refuse(code)
    }

    /// Answers an error; what caused it goes to the log only.
    pub(crate) fn fail(&self, error: &RequestError) -> HttpFailure {
        HttpFailure::from(error)
    }

    /// A later protocol may add to bodies; only one that can no longer be read is too new.
    fn decode<T: DeserializeOwned>(&self, body: &[u8], protocol: u16) -> Result<T, HttpFailure> {
        let too_new = protocol > PROTOCOL_VERSION;
        let code = if too_new { FailureCode::UnsupportedProtocol } else { FailureCode::MalformedBody };
        cbor::from_bytes(body).map_err(|_| self.refuse(code))
    }

    fn refuse_body(&self, rejection: &BytesRejection) -> HttpFailure {
        let mut cause = rejection.source();
        while let Some(error) = cause {
            if error.is::<TooSlow>() {
                return HttpFailure::too_slow();
            }
            cause = error.source();
        }
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        self.refuse(if too_large { FailureCode::TooLarge } else { FailureCode::MalformedBody })
    }
}

fn cbor_response<T: Serialize>(body: &T) -> Response {
    ([(header::CONTENT_TYPE, CBOR_MEDIA_TYPE)], cbor::to_bytes(body)).into_response()
}

fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}
