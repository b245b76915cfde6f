//! Time stamps over HTTP (RFC 3161 3.4): for anyone, without a signature.

use std::sync::Arc;

use arumbae_protocol::{FailureCode, paths};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::failure::HttpFailure;
use super::openapi::Refused;

const QUERY_MEDIA_TYPE: &str = "application/timestamp-query";
const REPLY_MEDIA_TYPE: &str = "application/timestamp-reply";

/// A query takes about 100 bytes, 200 with the longest digest and a policy.
const MAX_QUERY: usize = 4 * 1024;

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(time_stamp)).layer(DefaultBodyLimit::max(MAX_QUERY))
}

/// Stamps a digest with the time.
#[utoipa::path(post, path = paths::TIME_STAMP, tag = "public", request_body(content = String, content_type = "application/timestamp-query", description = "A TimeStampReq (RFC 3161), DER"), responses((status = 200, description = "A TimeStampResp: a stamp, or why there is none", content_type = "application/timestamp-reply"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn time_stamp(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, HttpFailure> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some(QUERY_MEDIA_TYPE) {
        return Err(shared.refuse(FailureCode::MalformedBody));
    }
    let query = body.map_err(|rejection| shared.refuse_body(&rejection))?;
    let reply = shared.province.time_stamp(&query).await.map_err(|error| shared.fail(&error))?;
    Ok(([(header::CONTENT_TYPE, REPLY_MEDIA_TYPE)], reply).into_response())
}
