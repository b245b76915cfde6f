//! Attachments: tus 1.0 (core, creation, checksum, termination) up, ranges down.
//!
//! Any registered device may fetch an attachment whose hash it names: the hash cannot be guessed, and only segments
//! it may read tell it. Judging by scope as well would take nothing from whoever ever read the hash, since they had the
//! attachment too, and would need the server to keep what every segment says. An upload is its own device's alone.

use std::io::SeekFrom;
use std::sync::Arc;

use arumbae_domain::schema::BlobHash;
use arumbae_protocol::attachment::{MAX_ATTACHMENT, MAX_CHUNK, METADATA_BLAKE3, TUS_EXTENSIONS, TUS_VERSION};
use arumbae_protocol::{FailureCode, paths};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::byte_range::ByteRange;
use super::failure::HttpFailure;
use super::openapi::Refused;
use super::signed::Signed;
use crate::attachment::{AttachmentFolder, Promise, UploadError, UploadId};
use crate::province::RequestError;
use crate::storage::StorageError;

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(open_upload, describe))
        .routes(routes!(show_upload, continue_upload, discard_upload))
        .routes(routes!(download))
        .layer(DefaultBodyLimit::max(MAX_CHUNK))
        .layer(axum::middleware::map_response(name_tus_version))
}

/// tus 1.0: every answer but that to `OPTIONS` names the version; there it does no harm.
async fn name_tus_version(mut response: Response) -> Response {
    response.headers_mut().insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSION));
    response
}

/// Says what of tus the server speaks.
#[utoipa::path(options, path = paths::ATTACHMENTS, tag = "attachments", operation_id = "tus", responses((status = 204, description = "In the headers")))]
async fn describe() -> Response {
    let headers = [
        ("tus-version", TUS_VERSION.to_owned()),
        ("tus-extension", TUS_EXTENSIONS.to_owned()),
        ("tus-max-size", MAX_ATTACHMENT.to_string()),
        ("tus-checksum-algorithm", "sha256".to_owned()),
    ];
    (StatusCode::NO_CONTENT, headers.map(|(name, value)| (HeaderName::from_static(name), value))).into_response()
}

/// Opens an upload, or finds the one the device opened before (tus creation).
#[utoipa::path(post, path = paths::ATTACHMENTS, tag = "attachments", security(("device" = [])), params(("tus-resumable" = String, Header, description = "The protocol version, 1.0.0"), ("upload-length" = u64, Header, description = "The attachment's length in bytes"), ("upload-metadata" = String, Header, description = "`blake3` and the base64 of the attachment's BLAKE3 as 64 hexadecimal digits")), responses((status = 201, description = "At its location"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn open_upload(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response, HttpFailure> {
    shared.check_tus_version(&headers)?;
    let promise = Option::zip(metadata_hash(&headers), number(&headers, &UPLOAD_LENGTH))
        .map(|(hash, length)| Promise { hash, length })
        .ok_or_else(|| shared.refuse(FailureCode::MalformedBody))?;
    let (id, progress) = shared.in_folder(move |folder| folder.promise(signed.device, promise)).await?;
    let location = format!("{}/uploads/{id}", paths::ATTACHMENTS);
    let headers = [(header::LOCATION, location), (UPLOAD_OFFSET, progress.offset.to_string())];
    Ok((StatusCode::CREATED, headers).into_response())
}

/// Says how far an upload is.
#[utoipa::path(head, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", security(("device" = [])), params(("id" = String, Path, description = "The upload, as its location names it"), ("tus-resumable" = String, Header, description = "The protocol version, 1.0.0")), responses((status = 200, description = "In `upload-offset`"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn show_upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, HttpFailure> {
    let id = shared.upload_id(&id)?;
    let progress = shared.in_folder(move |folder| folder.progress(signed.device, id)).await?;
    let headers = [
        (UPLOAD_OFFSET, progress.offset.to_string()),
        (UPLOAD_LENGTH, progress.length.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

/// Continues an upload.
#[utoipa::path(patch, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", security(("device" = [])), params(("id" = String, Path, description = "The upload, as its location names it"), ("tus-resumable" = String, Header, description = "The protocol version, 1.0.0"), ("upload-offset" = u64, Header, description = "Where the bytes begin"), ("upload-checksum" = Option<String>, Header, description = "`sha256` and the base64 of the bytes' SHA-256")), request_body(content = String, content_type = "application/offset+octet-stream"), responses((status = 204, description = "As far as `upload-offset` says"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn continue_upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response, HttpFailure> {
    shared.check_tus_version(&headers)?;
    let id = shared.upload_id(&id)?;
    let offset = number(&headers, &UPLOAD_OFFSET).ok_or_else(|| shared.refuse(FailureCode::MalformedBody))?;
    if let Some(checksum) = headers.get("upload-checksum") {
        let sent = checksum.to_str().ok().and_then(|text| text.strip_prefix("sha256 "));
        let expected = STANDARD.encode(Sha256::digest(&signed.body));
        if sent.map(str::trim) != Some(expected.as_str()) {
            return Err(shared.refuse(FailureCode::ChecksumMismatch));
        }
    }
    let progress = shared.in_folder(move |folder| folder.append(signed.device, id, offset, &signed.body)).await?;
    Ok((StatusCode::NO_CONTENT, [(UPLOAD_OFFSET, progress.offset.to_string())]).into_response())
}

/// Gives an upload up (tus termination).
#[utoipa::path(delete, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", security(("device" = [])), params(("id" = String, Path, description = "The upload, as its location names it"), ("tus-resumable" = String, Header, description = "The protocol version, 1.0.0")), responses((status = 204, description = "Gone"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn discard_upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, HttpFailure> {
    let id = shared.upload_id(&id)?;
    shared.in_folder(move |folder| folder.discard(signed.device, id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Gives an attachment, or a range of it.
#[utoipa::path(get, path = format!("{}/{{hash}}", paths::ATTACHMENTS), tag = "attachments", operation_id = "attachment", security(("device" = [])),
    params(("hash" = String, Path, description = "The attachment's BLAKE3, 64 hexadecimal digits"), ("range" = Option<String>, Header, description = "One range of bytes (RFC 9110 §14)")),
    responses((status = 200, description = "The attachment", content_type = "application/octet-stream"), (status = 206, description = "The range", content_type = "application/octet-stream"), (status = 416, description = "The range lies beyond its end"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn download(
    State(shared): State<Arc<Shared>>,
    Path(hash): Path<String>,
    headers: HeaderMap,
    _signed: Signed,
) -> Result<Response, HttpFailure> {
    let not_found = || shared.refuse(FailureCode::NotFound);
    let hash: BlobHash = hash.parse().map_err(|_| not_found())?;
    let found = shared.in_folder(move |folder| Ok(folder.find(hash)?)).await?;
    let (file, length) = found.ok_or_else(not_found)?;
    let range = match ByteRange::asked(&headers, length) {
        Ok(range) => range,
        Err(beyond) => return Ok(*beyond),
    };
    let mut file = tokio::fs::File::from_std(file);
    file.seek(SeekFrom::Start(range.first)).await.map_err(|error| shared.fail(&RequestError::Folder(error)))?;
    Ok(range.answer(Body::from_stream(ReaderStream::new(file.take(range.length)))))
}

impl Shared {
    /// Runs work on the attachments' folder off the async threads.
    async fn in_folder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AttachmentFolder) -> Result<T, UploadError> + Send + 'static,
    ) -> Result<T, HttpFailure> {
        let province = Arc::clone(&self.province);
        let outcome = tokio::task::spawn_blocking(move || work(&province.attachments)).await;
        let outcome =
            outcome.map_err(|error| self.fail(&RequestError::Storage(StorageError::Backend(Box::new(error)))))?;
        outcome.map_err(|error| match error {
            UploadError::NotFound => self.refuse(FailureCode::NotFound),
            UploadError::TooLarge => self.refuse(FailureCode::TooLarge),
            UploadError::OffsetMismatch => self.refuse(FailureCode::OffsetMismatch),
            UploadError::WrongContent => self.refuse(FailureCode::ChecksumMismatch),
            UploadError::Folder(error) => self.fail(&RequestError::Folder(error)),
        })
    }

    fn check_tus_version(&self, headers: &HeaderMap) -> Result<(), HttpFailure> {
        let spoken = headers.get(TUS_RESUMABLE).is_some_and(|version| version == TUS_VERSION);
        if spoken { Ok(()) } else { Err(self.refuse(FailureCode::UnsupportedProtocol)) }
    }

    fn upload_id(&self, text: &str) -> Result<UploadId, HttpFailure> {
        UploadId::parse(text).ok_or_else(|| self.refuse(FailureCode::NotFound))
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// The `blake3` of `Upload-Metadata`: comma-separated pairs of a key and a base64 value.
fn metadata_hash(headers: &HeaderMap) -> Option<BlobHash> {
    let metadata = headers.get("upload-metadata")?.to_str().ok()?;
    let (_, value) =
        metadata.split(',').filter_map(|pair| pair.trim().split_once(' ')).find(|(key, _)| *key == METADATA_BLAKE3)?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?.parse().ok()
}
