//! Who uploads: a device that signs, or a client that a device gave a token.

use std::sync::Arc;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::FailureCode;
use arumbae_protocol::http_signature::BodyDigest;
use axum::body::BodyDataStream;
use axum::extract::{FromRequest, Request};
use futures_util::StreamExt;
use http::{HeaderMap, header, request};
use http_body::Body as _;

use super::Shared;
use super::failure::HttpFailure;
use super::limits::Connection;
use super::signed::{check_device, check_head};
use crate::upload_token::UploadToken;

/// Of the body of a refused request this much is read away, in bytes; who goes on sending after that learns nothing.
const READ_AWAY: usize = 1024 * 1024;

/// Who may upload. The body is still on its way: a large one is taken in as it comes.
pub(super) struct Uploader {
    pub(super) device: DeviceKey,
    /// What the body must turn out to be, if it was signed.
    pub(super) signed_digest: Option<BodyDigest>,
    pub(super) body: BodyDataStream,
}

impl FromRequest<Arc<Shared>> for Uploader {
    type Rejection = HttpFailure;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        let connection = Connection::of(&request);
        let (head, body) = request.into_parts();
        let length = body.size_hint().upper().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut body = body.into_data_stream();
        match check_uploader(&head, length, connection.as_deref(), shared).await {
            Ok((device, signed_digest)) => Ok(Uploader { device, signed_digest, body }),
            Err(refused) => {
                read_away(&mut body).await;
                Err(refused)
            }
        }
    }
}

async fn check_uploader(
    head: &request::Parts,
    length: usize,
    connection: Option<&Connection>,
    shared: &Shared,
) -> Result<(DeviceKey, Option<BodyDigest>), HttpFailure> {
    let Some(token) = bearer(&head.headers) else {
        let (device, _, digest) = check_head(head, length, connection, shared).await?;
        return Ok((device, Some(digest)));
    };
    let Some(UploadToken { device, expires_ms }) = UploadToken::parse(token, &shared.province.keys()) else {
        shared.take_guest(connection)?;
        return Err(shared.refuse(FailureCode::BadSignature));
    };
    if expires_ms <= shared.province.clock.now_ms() {
        return Err(shared.refuse(FailureCode::StaleRequest));
    }
    check_device(device, length, connection, shared).await?;
    Ok((device, None))
}

/// A refusal given while the body still comes is lost with the connection that HTTP/1.1 then closes.
pub(super) async fn read_away(body: &mut BodyDataStream) {
    let mut read = 0;
    while let Some(Ok(bytes)) = body.next().await {
        read += bytes.len();
        if read > READ_AWAY {
            break;
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
