//! Snapshots, in ranges: what a cut left on the device need not be sent again.

use std::sync::Arc;

use arumbae_mergelog::SnapshotHash;
use arumbae_protocol::{FailureCode, paths};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::byte_range::ByteRange;
use super::failure::HttpFailure;
use super::openapi::Refused;
use super::signed::Signed;
use crate::province::Province;

/// How many bytes are read from the storage at a time.
const BLOCK: u64 = 256 * 1024;

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(download))
}

/// Gives a snapshot, or a range of it.
#[utoipa::path(get, path = format!("{}/{{hash}}", paths::SNAPSHOTS), tag = "synchronization", operation_id = "snapshot", security(("device" = [])),
    params(("hash" = String, Path, description = "The snapshot's hash, 64 hexadecimal digits"), ("range" = Option<String>, Header, description = "One range of bytes (RFC 9110 §14)")),
    responses((status = 200, description = "The snapshot", content_type = "application/octet-stream"), (status = 206, description = "The range", content_type = "application/octet-stream"), (status = 416, description = "The range lies beyond its end"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn download(
    State(shared): State<Arc<Shared>>,
    Path(hash): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response, HttpFailure> {
    let not_found = || shared.refuse(FailureCode::NotFound);
    let hash = parse_hash(&hash).ok_or_else(not_found)?;
    let found = shared.province.readable_snapshot(signed.person, hash).await.map_err(|error| shared.fail(&error))?;
    let snapshot = found.ok_or_else(not_found)?;
    let range = match ByteRange::asked(&headers, snapshot.byte_length) {
        Ok(range) => range,
        Err(beyond) => return Ok(*beyond),
    };
    Ok(range.answer(stream(Arc::clone(&shared.province), hash, range)))
}

/// The bytes as they are read. Where reading fails the answer breaks off, and the device asks for the rest.
fn stream(province: Arc<Province>, hash: SnapshotHash, range: ByteRange) -> Body {
    let (mut inlet, outlet) = tokio::io::duplex(BLOCK as usize);
    tokio::spawn(async move {
        let end = range.first + range.length;
        let mut at = range.first;
        while at < end {
            match province.storage.snapshot_bytes(hash, at, BLOCK.min(end - at)).await {
                // A newer snapshot may have taken this one's place meanwhile.
                Ok(bytes) if bytes.is_empty() => break,
                Ok(bytes) => {
                    at += bytes.len() as u64;
                    if inlet.write_all(&bytes).await.is_err() {
                        break;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "a snapshot could not be read on");
                    break;
                }
            }
        }
    });
    Body::from_stream(ReaderStream::new(outlet))
}

fn parse_hash(text: &str) -> Option<SnapshotHash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(SnapshotHash(hash))
}
