//! `POST /v1/sync`, and what a device asks after a cut: how far its request came, and the rest of the answer.

use std::sync::Arc;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::BodyDigest;
use arumbae_protocol::sync::{MAX_SYNC_BODY, UPLOAD_OFFSET};
use arumbae_protocol::{CBOR_MEDIA_TYPE, FailureCode, SyncRequest, SyncResponse, cbor, paths};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Shared;
use super::byte_range::ByteRange;
use super::failure::HttpFailure;
use super::openapi::Refused;
use super::signed::{BrokenBody, Signed, SignedStream};
use super::unfinished::{Held, NotAdded, Turn};
use crate::storage::StorageError;

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    let paths = OpenApiRouter::new().routes(routes!(begin)).routes(routes!(look, go_on));
    paths.layer(DefaultBodyLimit::max(MAX_SYNC_BODY))
}

/// Pushes and pulls in one round trip.
#[utoipa::path(post, path = paths::SYNC, tag = "synchronization", operation_id = "sync", security(("device" = [])), request_body(content = SyncRequest, content_type = "application/cbor", description = "What the device brings, and how far it has read"), responses((status = 200, description = "Receipts, and what the device had not read", body = SyncResponse, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn begin(State(shared): State<Arc<Shared>>, request: SignedStream) -> Result<Response, HttpFailure> {
    let digest = request.body.digest();
    let turn = shared.unfinished.begin(request.device, digest);
    exchange(shared, turn, digest, request).await
}

/// Sends the rest of a request that was cut off.
#[utoipa::path(patch, path = format!("{}/{{digest}}", paths::SYNC), tag = "synchronization", operation_id = "continue_exchange", security(("device" = [])),
    params(("digest" = String, Path, description = "The SHA-256 of the whole request, 64 hexadecimal digits"), ("upload-offset" = u64, Header, description = "Where the bytes begin")),
    request_body(content = String, content_type = "application/cbor", description = "The bytes of the request from there on"),
    responses((status = 200, description = "Receipts, and what the device had not read", body = SyncResponse, content_type = "application/cbor"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn go_on(
    State(shared): State<Arc<Shared>>,
    Path(digest): Path<String>,
    headers: HeaderMap,
    request: SignedStream,
) -> Result<Response, HttpFailure> {
    let digest = parse_digest(&digest).ok_or_else(|| shared.refuse(FailureCode::NotFound))?;
    let offset = headers.get(UPLOAD_OFFSET).and_then(|offset| offset.to_str().ok()?.parse().ok());
    let offset = offset.ok_or_else(|| shared.refuse(FailureCode::MalformedBody))?;
    let turn = shared.unfinished.resume(request.device, digest, offset);
    let turn = turn.ok_or_else(|| shared.refuse(FailureCode::OffsetMismatch))?;
    exchange(shared, turn, digest, request).await
}

/// Gives the answer to a request, or a range of it, or says how much of the request has arrived.
#[utoipa::path(get, path = format!("{}/{{digest}}", paths::SYNC), tag = "synchronization", operation_id = "exchange", security(("device" = [])),
    params(("digest" = String, Path, description = "The SHA-256 of the whole request, 64 hexadecimal digits"), ("range" = Option<String>, Header, description = "One range of bytes (RFC 9110 §14)"), ("if-range" = Option<String>, Header, description = "The entity tag of the answer that the range is of")),
    responses((status = 200, description = "The answer", body = SyncResponse, content_type = "application/cbor"), (status = 204, description = "No answer yet: the request is held up to `upload-offset`"), (status = 206, description = "The range", content_type = "application/cbor"), (status = 416, description = "The range lies beyond its end"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn look(
    State(shared): State<Arc<Shared>>,
    Path(digest): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response, HttpFailure> {
    let digest = parse_digest(&digest).ok_or_else(|| shared.refuse(FailureCode::NotFound))?;
    let registry = shared.province.registry().await.map_err(|error| shared.fail(&error.into()))?;
    match shared.unfinished.look(signed.device, digest, registry.seq()).await {
        Held::Request(length) => Ok((StatusCode::NO_CONTENT, [(UPLOAD_OFFSET, length.to_string())]).into_response()),
        Held::Answer(answer) => {
            let tag = tag_of(&answer);
            // RFC 9110 §13.1.5: a range of another answer is of no use.
            let same = headers.get(header::IF_RANGE).is_none_or(|asked| *asked == tag);
            let asked = if same { headers } else { HeaderMap::new() };
            let range = match ByteRange::asked(&asked, answer.len() as u64) {
                Ok(range) => range,
                Err(beyond) => return Ok(*beyond),
            };
            let (first, length) = (range.first as usize, range.length as usize);
            Ok(described(range.answer(answer.slice(first..first + length).into()), tag))
        }
    }
}

/// Takes in what is still to come of a request and answers it.
async fn exchange(
    shared: Arc<Shared>,
    turn: Turn,
    digest: BodyDigest,
    request: SignedStream,
) -> Result<Response, HttpFailure> {
    let SignedStream { device, person, protocol, mut body, room: _room } = request;
    loop {
        match body.next().await {
            Ok(None) => break,
            Ok(Some(bytes)) => turn.add(&bytes).map_err(|not_added| shared.refuse(not_added.into()))?,
            Err(broken @ (BrokenBody::CutOff | BrokenBody::TooSlow)) => return Err(broken.into()),
            Err(broken) => {
                turn.give_up();
                return Err(broken.into());
            }
        }
    }
    let whole = turn.whole().ok_or_else(|| shared.refuse(FailureCode::OffsetMismatch))?;
    if BodyDigest::of(&whole) != digest {
        turn.give_up();
        return Err(shared.refuse(FailureCode::ChecksumMismatch));
    }
    // On its own, so that it comes to an end and is kept although the connection may not last as long.
    let answering = Arc::clone(&shared);
    let answer = tokio::spawn(async move {
        match answering.answer(device, person, protocol, &whole).await {
            Ok((answer, registry_seq)) => {
                turn.answer(answer.clone(), registry_seq);
                Ok(answer)
            }
            Err(failure) => {
                turn.give_up();
                Err(failure)
            }
        }
    });
    let answer = answer.await.map_err(|error| shared.fail(&StorageError::Backend(Box::new(error)).into()))??;
    let tag = tag_of(&answer);
    let length = HeaderValue::from(answer.len());
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    Ok(described(response, tag))
}

impl Shared {
    /// The answer, and the registry that was in force before it was made.
    async fn answer(
        &self,
        device: DeviceKey,
        person: Uuid,
        protocol: u16,
        body: &[u8],
    ) -> Result<(Bytes, u64), HttpFailure> {
        let request: SyncRequest = self.decode(body, protocol)?;
        let registry = self.province.registry().await.map_err(|error| self.fail(&error.into()))?;
        let _turn = self.turn().await?;
        let answer = self.province.exchange(device, person, request).await.map_err(|error| self.fail(&error))?;
        self.metrics.exchanged(&answer);
        Ok((cbor::to_bytes(&answer).into(), registry.seq()))
    }
}

impl From<NotAdded> for FailureCode {
    fn from(not_added: NotAdded) -> Self {
        match not_added {
            NotAdded::Superseded => FailureCode::OffsetMismatch,
            NotAdded::TooLarge => FailureCode::TooLarge,
        }
    }
}

fn described(mut response: Response, tag: HeaderValue) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CBOR_MEDIA_TYPE));
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// Tells one answer from another (RFC 9110 §8.8.3). It is compared with answers to the same request only.
fn tag_of(answer: &[u8]) -> HeaderValue {
    let hash = blake3::hash(answer);
    let tag = format!("\"{}\"", hex::encode(&hash.as_bytes()[..6]));
    HeaderValue::try_from(tag).expect("hexadecimal digits in quotes are a header's value")
}

fn parse_digest(text: &str) -> Option<BodyDigest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok()?;
    Some(BodyDigest(digest))
}
