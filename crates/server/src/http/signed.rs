//! Requests signed by a registered device.
//!
//! The head is judged before anything of the body is kept. It tells the digest of the body: what comes of one is the
//! device's own bytes as far as it came, and only the whole is known to be what was signed.

use std::error::Error;
use std::sync::Arc;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::{
    self, BodyDigest, CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders,
};
use arumbae_protocol::sync::MAX_SYNC_BODY;
use arumbae_protocol::{FailureCode, OLDEST_PROTOCOL, PROTOCOL_HEADER};
use axum::RequestExt;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, request};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::Shared;
use super::failure::HttpFailure;
use super::limits::{Connection, TooSlow};
use crate::province::RequestError;

/// A request whose signature, freshness and device were checked, whole.
pub(super) struct Signed {
    pub(super) device: DeviceKey,
    pub(super) person: Uuid,
    pub(super) body: Bytes,
    /// The protocol the device speaks.
    pub(super) protocol: u16,
    /// The memory the body takes.
    _room: OwnedSemaphorePermit,
}

/// The same while its body is still on its way.
pub(super) struct SignedStream {
    pub(super) device: DeviceKey,
    pub(super) person: Uuid,
    /// The protocol the device speaks.
    pub(super) protocol: u16,
    pub(super) body: SignedBody,
    /// The memory the body takes.
    pub(super) room: OwnedSemaphorePermit,
}

/// A body on its way.
pub(super) struct SignedBody {
    body: Body,
    digest: BodyDigest,
    seen: Sha256,
}

/// Why the rest of a body does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BrokenBody {
    /// It is larger than the path takes.
    TooLarge,
    /// It came more slowly than anybody's link.
    TooSlow,
    /// The connection broke off.
    CutOff,
    /// It ended and is not what was signed.
    NotWhatWasSigned,
}

impl From<BrokenBody> for HttpFailure {
    fn from(broken: BrokenBody) -> Self {
        match broken {
            BrokenBody::TooLarge => HttpFailure::refuse(FailureCode::TooLarge),
            BrokenBody::TooSlow => HttpFailure::too_slow(),
            BrokenBody::CutOff => HttpFailure::refuse(FailureCode::MalformedBody),
            BrokenBody::NotWhatWasSigned => HttpFailure::refuse(FailureCode::BadSignature),
        }
    }
}

impl SignedBody {
    /// The digest that was signed.
    pub(super) fn digest(&self) -> BodyDigest {
        self.digest
    }

    /// The next bytes; `None` after the last of a body that is what was signed.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, BrokenBody> {
        loop {
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        self.seen.update(&bytes);
                        return Ok(Some(bytes));
                    }
                }
                Some(Err(error)) if is_caused_by::<LengthLimitError>(&error) => return Err(BrokenBody::TooLarge),
                Some(Err(error)) if is_caused_by::<TooSlow>(&error) => return Err(BrokenBody::TooSlow),
                Some(Err(_)) => return Err(BrokenBody::CutOff),
                None => {
                    let whole = BodyDigest(self.seen.clone().finalize().into());
                    return if whole == self.digest { Ok(None) } else { Err(BrokenBody::NotWhatWasSigned) };
                }
            }
        }
    }

    async fn whole(&mut self) -> Result<Bytes, BrokenBody> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await? {
            whole.extend_from_slice(&bytes);
        }
        Ok(whole.into())
    }
}

impl FromRequest<Arc<Shared>> for SignedStream {
    type Rejection = HttpFailure;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        let connection = Connection::of(&request);
        let (head, mut body) = request.with_limited_body().into_parts();
        // What it says it will be, or may be at most.
        let length = body.size_hint().upper().and_then(|length| usize::try_from(length).ok()).unwrap_or(MAX_SYNC_BODY);
        let room = shared.room_for_body(length)?;
        match check_head(&head, length, connection.as_deref(), shared).await {
            Ok((device, person, digest)) => {
                let protocol = protocol_of(&head.headers);
                let body = SignedBody { body, digest, seen: Sha256::new() };
                Ok(SignedStream { device, person, protocol, body, room })
            }
            Err(refused) => {
                // A refusal given while the body still comes is lost with the connection that HTTP/1.1 then closes.
                while let Some(Ok(_)) = body.frame().await {}
                Err(refused)
            }
        }
    }
}

impl FromRequest<Arc<Shared>> for Signed {
    type Rejection = HttpFailure;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        let stream = SignedStream::from_request(request, shared).await?;
        let SignedStream { device, person, protocol, mut body, room } = stream;
        let body = body.whole().await?;
        Ok(Signed { device, person, body, protocol, _room: room })
    }
}

/// Checks signature, device, time and nonce before the body is there.
pub(super) async fn check_head(
    head: &request::Parts,
    length: usize,
    connection: Option<&Connection>,
    shared: &Shared,
) -> Result<(DeviceKey, Uuid, BodyDigest), HttpFailure> {
    if protocol_of(&head.headers) < OLDEST_PROTOCOL {
        return Err(shared.refuse(FailureCode::UnsupportedProtocol));
    }
    let stranger = |code| shared.take_guest(connection).err().unwrap_or_else(|| shared.refuse(code));
    let headers = signature_headers(&head.headers).ok_or_else(|| stranger(FailureCode::BadSignature))?;
    let (signed_by, digest) = http_signature::verify_head(head.method.as_str(), head.uri.path(), &headers)
        .map_err(|_| stranger(FailureCode::BadSignature))?;

    let person = check_device(signed_by.device, length, connection, shared).await?;
    shared.province.admit(signed_by).await.map_err(|error| shared.fail(&error))?;
    Ok((signed_by.device, person, digest))
}

/// Says whose device it is, if it is registered, not revoked and may send so much more.
pub(super) async fn check_device(
    key: DeviceKey,
    length: usize,
    connection: Option<&Connection>,
    shared: &Shared,
) -> Result<Uuid, HttpFailure> {
    let stranger = |code| shared.take_guest(connection).err().unwrap_or_else(|| shared.refuse(code));
    let registry = shared.province.registry().await.map_err(|error| shared.fail(&RequestError::from(error)))?;
    let device = registry.device(key).ok_or_else(|| stranger(FailureCode::UnknownDevice))?;
    if device.revocation.is_some() {
        return Err(stranger(FailureCode::RevokedDevice));
    }
    shared.take_device(key, length)?;
    Ok(device.person)
}

fn is_caused_by<E: Error + 'static>(error: &axum::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
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
