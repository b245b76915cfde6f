//! Certificates of the authorities and lists of what they revoked: for anyone, without a signature.

use std::sync::Arc;

use arumbae_protocol::{FailureCode, paths};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::failure::HttpFailure;
use super::openapi::Refused;

/// RFC 2585 4.2 and 4.1.
const LIST_MEDIA_TYPE: &str = "application/pkix-crl";
const CERTIFICATE_MEDIA_TYPE: &str = "application/pkix-cert";

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(revocation_list)).routes(routes!(certificate))
}

/// Gives the list of what an authority has revoked.
#[utoipa::path(get, path = format!("{}/{{file}}", paths::REVOCATION_LISTS), tag = "public", params(("file" = String, Path, description = "The authority's key identifier in hexadecimal digits, and `.crl`")), responses((status = 200, description = "The list (RFC 5280), DER", content_type = "application/pkix-crl"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn revocation_list(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Result<Response, HttpFailure> {
    let not_found = || shared.refuse(FailureCode::NotFound);
    let id = file.strip_suffix(".crl").ok_or_else(not_found)?;
    let list = shared.province.revocation_list(id).await.map_err(|error| shared.fail(&error))?;
    Ok(([(header::CONTENT_TYPE, LIST_MEDIA_TYPE)], list.ok_or_else(not_found)?).into_response())
}

/// Gives an authority's certificate.
#[utoipa::path(get, path = format!("{}/{{file}}", paths::AUTHORITIES), tag = "public", operation_id = "authority", params(("file" = String, Path, description = "The authority's key identifier in hexadecimal digits, and `.cer`")), responses((status = 200, description = "The certificate (RFC 5280), DER", content_type = "application/pkix-cert"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn certificate(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Result<Response, HttpFailure> {
    let not_found = || shared.refuse(FailureCode::NotFound);
    let id = file.strip_suffix(".cer").ok_or_else(not_found)?;
    let der = shared.province.authority_certificate(id).await.map_err(|error| shared.fail(&error))?;
    Ok(([(header::CONTENT_TYPE, CERTIFICATE_MEDIA_TYPE)], der.ok_or_else(not_found)?).into_response())
}
