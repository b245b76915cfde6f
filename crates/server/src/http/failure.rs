//! Refused requests as answers, and as lines in the log.

use std::error::Error;

use arumbae_protocol::{CBOR_MEDIA_TYPE, Failure, FailureCode, cbor};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rand_core::{OsRng, RngCore};

use super::Shared;
use crate::province::RequestError;
use crate::storage::Storage;

/// tus 1.0 §Checksum: "460 Checksum Mismatch".
const CHECKSUM_MISMATCH: u16 = 460;

/// An answer that is not a success.
pub(crate) struct HttpFailure(Failure);

impl<S: Storage> Shared<S> {
    /// Refuses a request for a reason the client can act on.
    pub(crate) fn refuse(&self, code: FailureCode) -> HttpFailure {
        let reference = new_reference();
        tracing::info!(reference, ?code, "request refused");
        self.failure(code, reference)
    }

    /// Answers an error; what caused it goes to the log only.
    pub(crate) fn fail(&self, error: &RequestError) -> HttpFailure {
        let code = error.code();
        let RequestError::Refused(_) = error else {
            let reference = new_reference();
            tracing::error!(reference, ?code, cause = causes(error), "request failed");
            return self.failure(code, reference);
        };
        self.refuse(code)
    }

    fn failure(&self, code: FailureCode, reference: String) -> HttpFailure {
        HttpFailure(Failure { code, reference, server_time_ms: self.province.clock.now_ms() })
    }
}

impl IntoResponse for HttpFailure {
    fn into_response(self) -> Response {
        let status = status_of(self.0.code);
        (status, [(header::CONTENT_TYPE, CBOR_MEDIA_TYPE)], cbor::to_bytes(&self.0)).into_response()
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
        FailureCode::RevokedDevice => StatusCode::FORBIDDEN,
        FailureCode::UnknownInvitation | FailureCode::NotFound => StatusCode::NOT_FOUND,
        FailureCode::ExpiredInvitation | FailureCode::UsedInvitation => StatusCode::GONE,
        FailureCode::PersonTaken | FailureCode::DeviceTaken | FailureCode::OffsetMismatch => StatusCode::CONFLICT,
        FailureCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        FailureCode::ChecksumMismatch => StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST),
        FailureCode::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        FailureCode::Internal | FailureCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn new_reference() -> String {
    format!("{:08x}", OsRng.next_u32())
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
