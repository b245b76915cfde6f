//! Refused requests as answers, and as lines in the log.

use std::error::Error;
use std::time::Duration;

use arumbae_protocol::{CBOR_MEDIA_TYPE, Failure, FailureCode, cbor};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::limits::{NoRoom, Spent};
use crate::province::RequestError;

/// tus 1.0 §Checksum: "460 Checksum Mismatch".
const CHECKSUM_MISMATCH: u16 = 460;

/// Whoever finds no room comes back after this. The program's own pauses differ from device to device, so that a
/// province does not return in one second.
const ROOM_AGAIN: Duration = Duration::from_secs(15);

/// An answer that is not a success. It is written out by whoever [follows](super::tracking) the request, who knows its
/// reference.
#[derive(Clone, Debug)]
pub(crate) struct HttpFailure {
    code: FailureCode,
    status: StatusCode,
    retry_after: Option<Duration>,
    allow: Option<HeaderValue>,
}

impl HttpFailure {
    /// A refusal for a reason that the client can act on.
    pub fn refuse(code: FailureCode) -> Self {
        HttpFailure { code, status: status_of(code), retry_after: None, allow: None }
    }

    /// The same with the status that another protocol wants for it.
    pub fn with_status(self, status: StatusCode) -> Self {
        HttpFailure { status, ..self }
    }

    /// A path that does not know the method; the router has said which it knows.
    pub fn no_such_method(router: Response) -> Self {
        let allow = router.headers().get(header::ALLOW).cloned();
        HttpFailure { status: StatusCode::METHOD_NOT_ALLOWED, allow, ..Self::refuse(FailureCode::NotFound) }
    }

    /// A body that no link is slow enough for.
    pub fn too_slow() -> Self {
        HttpFailure { status: StatusCode::REQUEST_TIMEOUT, ..Self::refuse(FailureCode::Busy) }
    }

    /// Writes the answer, under the reference of the request.
    pub fn answer(self, reference: &str, server_time_ms: u64) -> Response {
        let HttpFailure { code, status, retry_after, allow } = self;
        tracing::info!(?code, "request refused");
        let failure = Failure { code, reference: reference.to_owned(), server_time_ms };
        let mut response =
            (status, [(header::CONTENT_TYPE, CBOR_MEDIA_TYPE)], cbor::to_bytes(&failure)).into_response();
        if let Some(pause) = retry_after {
            // Whole seconds, and never none: the same request at once would be refused again.
            let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response
    }
}

/// An error of the province; what caused it goes to the log only.
impl From<&RequestError> for HttpFailure {
    fn from(error: &RequestError) -> Self {
        let code = error.code();
        if !matches!(error, RequestError::Refused(_)) {
            tracing::error!(?code, cause = causes(error), "request failed");
        }
        let retry_after = (code == FailureCode::Busy).then_some(ROOM_AGAIN);
        HttpFailure { retry_after, ..Self::refuse(code) }
    }
}

impl From<Spent> for HttpFailure {
    fn from(Spent(pause): Spent) -> Self {
        HttpFailure { retry_after: Some(pause), ..Self::refuse(FailureCode::TooManyRequests) }
    }
}

impl From<NoRoom> for HttpFailure {
    fn from(NoRoom: NoRoom) -> Self {
        HttpFailure { retry_after: Some(ROOM_AGAIN), ..Self::refuse(FailureCode::Busy) }
    }
}

impl IntoResponse for HttpFailure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn status_of(code: FailureCode) -> StatusCode {
    match code {
        FailureCode::MalformedBody | FailureCode::UnsupportedProtocol | FailureCode::BadCertificateRequest => {
            StatusCode::BAD_REQUEST
        }
        FailureCode::BadSignature
        | FailureCode::StaleRequest
        | FailureCode::ReplayedRequest
        | FailureCode::UnknownDevice => StatusCode::UNAUTHORIZED,
        // Not 429, on which a device waits and tries again by itself: a person has to.
        FailureCode::RevokedDevice | FailureCode::TooManyTries => StatusCode::FORBIDDEN,
        FailureCode::UnknownInvitation | FailureCode::NotFound => StatusCode::NOT_FOUND,
        FailureCode::ExpiredInvitation | FailureCode::UsedInvitation => StatusCode::GONE,
        FailureCode::PersonTaken | FailureCode::DeviceTaken | FailureCode::OffsetMismatch => StatusCode::CONFLICT,
        FailureCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        FailureCode::ChecksumMismatch => StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST),
        // RFC 4918 §11.5 and RFC 4331: no room, whether on the disk or within a quota.
        FailureCode::StorageFull | FailureCode::TooManyUploads => StatusCode::INSUFFICIENT_STORAGE,
        FailureCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        FailureCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
        FailureCode::Internal | FailureCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
