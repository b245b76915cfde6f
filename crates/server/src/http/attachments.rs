//! Attachments: tus 1.0 (core, creation, checksum, expiration, termination) up, ranges down.
//!
//! Any registered device may fetch an attachment whose hash it names: the hash cannot be guessed, and only segments
//! it may read tell it. Judging by scope as well would take nothing from whoever ever read the hash, since they had the
//! attachment too, and would need the server to keep what every segment says. An upload is its own device's alone.

use std::sync::Arc;

use arumbae_domain::schema::BlobHash;
use arumbae_protocol::attachment::{
    MAX_ATTACHMENT, METADATA_BLAKE3, TUS_EXTENSIONS, TUS_VERSION, UNFINISHED_DAYS, UploadTokenGrant,
};
use arumbae_protocol::{FailureCode, paths};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::byte_range::ByteRange;
use super::failure::HttpFailure;
use super::openapi::Refused;
use super::signed::Signed;
use super::uploader::{Uploader, read_away};
use super::{Shared, cbor_response};
use crate::attachment::{Checksum, PIECE, Upload, UploadError};
use crate::province::RequestError;
use crate::upload_token::{TOKEN_MS, UploadToken};

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSIONS: HeaderName = HeaderName::from_static("tus-version");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// The one media type of a `PATCH`.
const CHUNK_MEDIA_TYPE: &str = "application/offset+octet-stream";

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(open_upload, describe))
        .routes(routes!(show_upload, continue_upload, discard_upload, overridden, describe_upload))
        .layer(axum::middleware::map_response(name_tus_version))
        .routes(routes!(download, is_here))
        .routes(routes!(grant_token))
}

/// tus 1.0: every answer but that to `OPTIONS` names the version, where it does no harm; who named another one is told
/// which there are.
async fn name_tus_version(mut response: Response) -> Response {
    let version = HeaderValue::from_static(TUS_VERSION);
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(TUS_VERSIONS, version.clone());
    }
    response.headers_mut().insert(TUS_RESUMABLE, version);
    response
}

/// Says what of tus the server speaks.
#[utoipa::path(options, path = paths::ATTACHMENTS, tag = "attachments", operation_id = "tus", responses((status = 204, description = "In the headers")))]
async fn describe() -> Response {
    let headers = [
        (TUS_VERSIONS, TUS_VERSION.to_owned()),
        (HeaderName::from_static("tus-extension"), TUS_EXTENSIONS.to_owned()),
        (HeaderName::from_static("tus-max-size"), MAX_ATTACHMENT.to_string()),
        (HeaderName::from_static("tus-checksum-algorithm"), Checksum::ALGORITHMS.to_owned()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Says the same of one upload.
#[utoipa::path(options, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", operation_id = "tus_of_upload", params(("id" = String, Path, description = "The upload, as its location names it")), responses((status = 204, description = "In the headers")))]
async fn describe_upload() -> Response {
    describe().await
}

/// Opens an upload, or finds the one the device opened before (tus creation).
#[utoipa::path(post, path = paths::ATTACHMENTS, tag = "attachments", security(("device" = []), ("upload_token" = [])), params(("tus-resumable" = String, Header, description = "The protocol version, 1.0.0"), ("upload-length" = u64, Header, description = "The attachment's length in bytes"), ("upload-metadata" = String, Header, description = "Pairs of a key and the base64 of a value; `blake3` must be there, the attachment's BLAKE3 as 64 hexadecimal digits")), responses((status = 201, description = "At its location, as far as `upload-offset` says"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn open_upload(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    uploader: Uploader,
) -> Result<Response, HttpFailure> {
    shared.check_tus_version(&headers)?;
    let malformed = || shared.refuse(FailureCode::MalformedBody);
    // Extensions that are not offered: a length told later, and uploads put together from others.
    if headers.contains_key(UPLOAD_DEFER_LENGTH) || headers.contains_key(UPLOAD_CONCAT) {
        return Err(malformed());
    }
    let length = number(&headers, &UPLOAD_LENGTH).ok_or_else(malformed)?;
    let metadata = headers.get(UPLOAD_METADATA).and_then(|value| value.to_str().ok()).ok_or_else(malformed)?;
    let hash = metadata_hash(metadata).ok_or_else(malformed)?;
    let upload = Upload { device: uploader.device, hash, length };
    let opened = shared.province.attachments.open_upload(upload, metadata).await;
    let progress = opened.map_err(|error| shared.fail_upload(error))?;
    let headers = [
        (header::LOCATION, format!("{}/uploads/{upload}", paths::ATTACHMENTS)),
        (UPLOAD_OFFSET, progress.offset.to_string()),
        (UPLOAD_EXPIRES, expires(shared.province.clock.now())),
    ];
    Ok((StatusCode::CREATED, headers).into_response())
}

/// Says how far an upload is.
#[utoipa::path(head, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", security(("device" = []), ("upload_token" = [])), params(("id" = String, Path, description = "The upload, as its location names it"), ("tus-resumable" = String, Header, description = "The protocol version, 1.0.0")), responses((status = 200, description = "In `upload-offset`"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn show_upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uploader: Uploader,
) -> Result<Response, HttpFailure> {
    shared.check_tus_version(&headers)?;
    let upload = shared.upload_of(&uploader, &id)?;
    let shown = shared.province.attachments.show_upload(upload).await;
    let (progress, metadata) = shown.map_err(|error| shared.fail_upload(error))?;
    let headers = [
        (UPLOAD_OFFSET, progress.offset.to_string()),
        (UPLOAD_LENGTH, progress.length.to_string()),
        (UPLOAD_METADATA, metadata),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

/// Continues an upload. What came of a body that was cut is kept.
#[utoipa::path(patch, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", security(("device" = []), ("upload_token" = [])), params(("id" = String, Path, description = "The upload, as its location names it"), ("tus-resumable" = String, Header, description = "The protocol version, 1.0.0"), ("upload-offset" = u64, Header, description = "Where the bytes begin"), ("upload-checksum" = Option<String>, Header, description = "`sha1` or `sha256` and the base64 of the bytes' digest")), request_body(content = String, content_type = "application/offset+octet-stream"), responses((status = 204, description = "As far as `upload-offset` says"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn continue_upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut uploader: Uploader,
) -> Result<Response, HttpFailure> {
    // One piece is held in memory, however long the body is.
    let room = shared.room_for_body(PIECE);
    let judged = room.and_then(|room| Ok((room, shared.judge_chunk(&uploader, &id, &headers)?)));
    let (room, (upload, offset, checksums)) = match judged {
        Ok(judged) => judged,
        Err(refused) => {
            read_away(&mut uploader.body).await;
            return Err(refused);
        }
    };
    // On a task of its own: a request whose connection broke is dropped, and what had arrived would be lost.
    let province = Arc::clone(&shared.province);
    let appending = tokio::spawn(async move {
        let _room = room;
        let mut body = uploader.body;
        let appended = province.attachments.append(upload, offset, &mut body, checksums).await;
        if appended.is_err() {
            read_away(&mut body).await;
        }
        appended
    });
    let appended = appending.await.map_err(|_| shared.refuse(FailureCode::Internal))?;
    let progress = appended.map_err(|error| shared.fail_upload(error))?;
    let headers =
        [(UPLOAD_OFFSET, progress.offset.to_string()), (UPLOAD_EXPIRES, expires(shared.province.clock.now()))];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Gives an upload up (tus termination).
#[utoipa::path(delete, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", security(("device" = []), ("upload_token" = [])), params(("id" = String, Path, description = "The upload, as its location names it"), ("tus-resumable" = String, Header, description = "The protocol version, 1.0.0")), responses((status = 204, description = "Gone"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn discard_upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uploader: Uploader,
) -> Result<Response, HttpFailure> {
    shared.check_tus_version(&headers)?;
    let upload = shared.upload_of(&uploader, &id)?;
    shared.province.attachments.discard(upload).await.map_err(|error| shared.fail_upload(error))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// tus 1.0 §X-HTTP-Method-Override: for clients behind something that lets no `PATCH` or `DELETE` through.
#[utoipa::path(post, path = format!("{}/uploads/{{id}}", paths::ATTACHMENTS), tag = "attachments", operation_id = "overridden", security(("device" = []), ("upload_token" = [])), params(("id" = String, Path, description = "The upload, as its location names it"), ("x-http-method-override" = String, Header, description = "`PATCH`, `DELETE` or `HEAD`"), ("tus-resumable" = String, Header, description = "The protocol version, 1.0.0")), request_body(content = String, content_type = "application/offset+octet-stream"), responses((status = 200, description = "As the method says"), (status = 204, description = "As the method says"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn overridden(
    state: State<Arc<Shared>>,
    id: Path<String>,
    headers: HeaderMap,
    uploader: Uploader,
) -> Result<Response, HttpFailure> {
    match headers.get(METHOD_OVERRIDE).map(HeaderValue::as_bytes) {
        Some(b"PATCH") => continue_upload(state, id, headers, uploader).await,
        Some(b"DELETE") => discard_upload(state, id, headers, uploader).await,
        Some(b"HEAD") => show_upload(state, id, headers, uploader).await,
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    }
}

/// Grants a token with which a client that cannot sign uploads in the device's name for a day.
#[utoipa::path(post, path = paths::UPLOAD_TOKEN, tag = "attachments", operation_id = "upload_token", security(("device" = [])), responses((status = 200, description = "The token", content_type = "application/cbor", body = UploadTokenGrant), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn grant_token(State(shared): State<Arc<Shared>>, signed: Signed) -> Response {
    let token = UploadToken { device: signed.device, expires_ms: shared.province.clock.now_ms() + TOKEN_MS };
    cbor_response(&UploadTokenGrant { token: token.to_text(&shared.province.keys()), expires_ms: token.expires_ms })
}

/// Says whether an attachment is here, and its length.
#[utoipa::path(head, path = format!("{}/{{hash}}", paths::ATTACHMENTS), tag = "attachments", operation_id = "attachment_here", security(("device" = []), ("upload_token" = [])), params(("hash" = String, Path, description = "The attachment's BLAKE3, 64 hexadecimal digits")), responses((status = 200, description = "Its length in `content-length`"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn is_here(
    State(shared): State<Arc<Shared>>,
    Path(hash): Path<String>,
    _uploader: Uploader,
) -> Result<Response, HttpFailure> {
    let (_, length) = shared.find_attachment(&hash).await?;
    Ok((StatusCode::OK, [(header::CONTENT_LENGTH, length.to_string())]).into_response())
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
    let (hash, length) = shared.find_attachment(&hash).await?;
    let range = match ByteRange::asked(&headers, length) {
        Ok(range) => range,
        Err(beyond) => return Ok(*beyond),
    };
    let bytes = shared.province.attachments.read(hash, range.first..range.first + range.length).await;
    let bytes = bytes.map_err(|error| shared.fail(&RequestError::Attachments(error)))?;
    Ok(range.answer(Body::from_stream(bytes)))
}

impl Shared {
    async fn find_attachment(&self, hash: &str) -> Result<(BlobHash, u64), HttpFailure> {
        let not_found = || self.refuse(FailureCode::NotFound);
        let hash: BlobHash = hash.parse().map_err(|_| not_found())?;
        let found = self.province.attachments.find(hash).await;
        let length = found.map_err(|error| self.fail(&RequestError::Attachments(error)))?.ok_or_else(not_found)?;
        Ok((hash, length))
    }

    fn fail_upload(&self, error: UploadError) -> HttpFailure {
        self.refuse(match error {
            UploadError::NotFound => FailureCode::NotFound,
            UploadError::TooLarge => FailureCode::TooLarge,
            UploadError::TooManyUnfinished => FailureCode::TooManyUploads,
            // Whoever still listens has to ask where the upload stands now.
            UploadError::OffsetMismatch | UploadError::CutOff => FailureCode::OffsetMismatch,
            UploadError::WrongContent => FailureCode::ChecksumMismatch,
            UploadError::Store(error) => return self.fail(&RequestError::Attachments(error)),
        })
    }

    fn check_tus_version(&self, headers: &HeaderMap) -> Result<(), HttpFailure> {
        if headers.get(TUS_RESUMABLE).is_some_and(|version| version == TUS_VERSION) {
            return Ok(());
        }
        Err(self.refuse(FailureCode::UnsupportedProtocol).with_status(StatusCode::PRECONDITION_FAILED))
    }

    /// What a `PATCH` says it brings.
    fn judge_chunk(
        &self,
        uploader: &Uploader,
        id: &str,
        headers: &HeaderMap,
    ) -> Result<(Upload, u64, Vec<Checksum>), HttpFailure> {
        self.check_tus_version(headers)?;
        let upload = self.upload_of(uploader, id)?;
        let malformed = || self.refuse(FailureCode::MalformedBody);
        if headers.get(header::CONTENT_TYPE).is_none_or(|media_type| media_type != CHUNK_MEDIA_TYPE) {
            return Err(malformed().with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let offset = number(headers, &UPLOAD_OFFSET).ok_or_else(malformed)?;
        if number(headers, &header::CONTENT_LENGTH).is_some_and(|more| offset.saturating_add(more) > upload.length) {
            return Err(self.refuse(FailureCode::TooLarge));
        }
        let mut checksums: Vec<Checksum> =
            uploader.signed_digest.map(|digest| Checksum::sha256(digest.0)).into_iter().collect();
        if let Some(checksum) = headers.get(UPLOAD_CHECKSUM) {
            let checksum = checksum.to_str().ok().and_then(|text| Checksum::parse(text).ok());
            checksums.push(checksum.ok_or_else(malformed)?);
        }
        Ok((upload, offset, checksums))
    }

    fn upload_of(&self, uploader: &Uploader, id: &str) -> Result<Upload, HttpFailure> {
        Upload::parse(uploader.device, id).ok_or_else(|| self.refuse(FailureCode::NotFound))
    }
}

/// When an upload that moved now will be given up, as RFC 9110 §5.6.7 writes moments.
fn expires(now: Timestamp) -> String {
    let end = now.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(UNFINISHED_DAYS))).unwrap_or(now);
    end.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    // `parse` would take a plus sign.
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// The `blake3` of an `Upload-Metadata`: comma-separated pairs of a key and a base64 value, which may be left out.
fn metadata_hash(metadata: &str) -> Option<BlobHash> {
    let mut pairs = std::collections::BTreeMap::new();
    for pair in metadata.split(',') {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let value = STANDARD.decode(value.trim()).ok()?;
        if key.is_empty() || pairs.insert(key, value).is_some() {
            return None;
        }
    }
    String::from_utf8(pairs.remove(METADATA_BLAKE3)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_metadata(metadata: &str, expected: bool) {
        assert_eq!(metadata_hash(metadata).is_some(), expected, "{metadata}");
    }

    #[test]
    fn metadata_are_pairs_with_distinct_keys() {
        let hash = STANDARD.encode("ab".repeat(32));
        check_metadata(&format!("blake3 {hash}"), true);
        check_metadata(&format!("filename Zm90by5qcGc=,blake3 {hash},confidential"), true);
        check_metadata(&format!("filename Zm90by5qcGc=, blake3 {hash}"), true);
        for metadata in ["", "filename Zm90by5qcGc=", "blake3 Zm90by5qcGc="] {
            check_metadata(metadata, false);
        }
        check_metadata(&format!("blake3 {hash},blake3 {hash}"), false);
        check_metadata(&format!("blake3 {hash},,filename Zm90by5qcGc="), false);
        check_metadata(&format!("blake3 {hash},filename foto.jpg"), false);
    }

    #[test]
    fn an_upload_expires_a_month_after_it_moved() {
        let now: Timestamp = "2024-02-14T00:00:00Z".parse().expect("a moment");
        assert_eq!(expires(now), "Fri, 15 Mar 2024 00:00:00 GMT");
    }
}
