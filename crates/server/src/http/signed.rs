//! Requests signed by a registered device.

use std::sync::Arc;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::{self, CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders};
use arumbae_protocol::sync::MAX_SYNC_BODY;
use arumbae_protocol::{FailureCode, OLDEST_PROTOCOL, PROTOCOL_HEADER};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::Shared;
use super::failure::HttpFailure;
use super::limits::Connection;
use crate::province::RequestError;

/// The body of a request whose signature, freshness and device were checked.
pub(super) struct Signed {
    pub(super) device: DeviceKey,
    pub(super) person: Uuid,
    pub(super) body: Bytes,
    /// The protocol the device speaks.
    pub(super) protocol: u16,
    /// The memory the body takes.
    _room: OwnedSemaphorePermit,
}

impl FromRequest<Arc<Shared>> for Signed {
    type Rejection = HttpFailure;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        let protocol = protocol_of(request.headers());
        if protocol < OLDEST_PROTOCOL {
            return Err(shared.refuse(FailureCode::UnsupportedProtocol));
        }
        let connection = Connection::of(&request);
        let stranger = |code| shared.take_guest(connection.as_deref()).err().unwrap_or_else(|| shared.refuse(code));
        let length = stated_length(request.headers()).unwrap_or(MAX_SYNC_BODY);
        let room = shared.room_for_body(length)?;
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let headers = signature_headers(request.headers()).ok_or_else(|| stranger(FailureCode::BadSignature))?;
        let body = Bytes::from_request(request, shared).await.map_err(|rejection| shared.refuse_body(&rejection))?;
        let signed_by = http_signature::verify(method.as_str(), &path, &body, &headers)
            .map_err(|_| stranger(FailureCode::BadSignature))?;

        let registry = shared.province.registry().await.map_err(|error| shared.fail(&RequestError::from(error)))?;
        let device = registry.device(signed_by.device).ok_or_else(|| stranger(FailureCode::UnknownDevice))?;
        if device.revocation.is_some() {
            return Err(stranger(FailureCode::RevokedDevice));
        }
        shared.take_device(signed_by.device, body.len())?;
        shared.province.admit(signed_by).await.map_err(|error| shared.fail(&error))?;
        Ok(Signed { device: signed_by.device, person: device.person, body, protocol, _room: room })
    }
}

/// The protocol a request names; one that names none is of the first.
pub(super) fn protocol_of(headers: &HeaderMap) -> u16 {
    headers.get(PROTOCOL_HEADER).and_then(|version| version.to_str().ok()?.parse().ok()).unwrap_or(1)
}

/// The length that a body is said to have; no more of it is read.
fn stated_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn signature_headers(headers: &HeaderMap) -> Option<SignatureHeaders> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    Some(SignatureHeaders {
        content_digest: text(CONTENT_DIGEST)?,
        signature_input: text(SIGNATURE_INPUT)?,
        signature: text(SIGNATURE)?,
    })
}
