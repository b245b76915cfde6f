//! Requests signed by a registered device.

use std::sync::Arc;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::{self, CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders};
use arumbae_protocol::{FailureCode, OLDEST_PROTOCOL, PROTOCOL_HEADER};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::HeaderMap;
use uuid::Uuid;

use super::Shared;
use super::failure::HttpFailure;
use crate::province::RequestError;
use crate::storage::Storage;

/// The body of a request whose signature, freshness and device were checked.
pub(super) struct Signed {
    pub(super) device: DeviceKey,
    pub(super) person: Uuid,
    pub(super) body: Bytes,
    /// The protocol the device speaks.
    pub(super) protocol: u16,
}

impl<S: Storage> FromRequest<Arc<Shared<S>>> for Signed {
    type Rejection = HttpFailure;

    async fn from_request(request: Request, shared: &Arc<Shared<S>>) -> Result<Self, Self::Rejection> {
        let protocol = protocol_of(request.headers());
        if protocol < OLDEST_PROTOCOL {
            return Err(shared.refuse(FailureCode::UnsupportedProtocol));
        }
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let headers = signature_headers(request.headers()).ok_or_else(|| shared.refuse(FailureCode::BadSignature))?;
        let body = Bytes::from_request(request, shared).await.map_err(|rejection| shared.refuse_body(&rejection))?;
        let signed_by = http_signature::verify(method.as_str(), &path, &body, &headers)
            .map_err(|_| shared.refuse(FailureCode::BadSignature))?;

        let registry = shared.province.registry().await.map_err(|error| shared.fail(&RequestError::from(error)))?;
        let device = registry.device(signed_by.device).ok_or_else(|| shared.refuse(FailureCode::UnknownDevice))?;
        if device.revocation.is_some() {
            return Err(shared.refuse(FailureCode::RevokedDevice));
        }
        let now = shared.province.clock.now_ms() / 1000;
        shared.replay.admit(signed_by, now).map_err(|code| shared.refuse(code))?;
        Ok(Signed { device: signed_by.device, person: device.person, body, protocol })
    }
}

/// The protocol a request names; one that names none is of the first.
pub(super) fn protocol_of(headers: &HeaderMap) -> u16 {
    headers.get(PROTOCOL_HEADER).and_then(|version| version.to_str().ok()?.parse().ok()).unwrap_or(1)
}

fn signature_headers(headers: &HeaderMap) -> Option<SignatureHeaders> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    Some(SignatureHeaders {
        content_digest: text(CONTENT_DIGEST)?,
        signature_input: text(SIGNATURE_INPUT)?,
        signature: text(SIGNATURE)?,
    })
}
