//! The public page on which anybody who holds a document can check it: `/verifikasi`.
//!
//! It works without scripts and weighs a few kilobytes, because it is opened on old phones over slow links. Whoever has
//! only the QR code learns what the log says of the document; whoever has the file learns whether it is that one.

mod answer;
mod page;

use std::sync::Arc;

use arumbae_domain::schema::RecordId;
use arumbae_protocol::paths;
use arumbae_signing::verify::verify_document;
use askama::Template;
use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::failure::HttpFailure;
use super::openapi::Refused;
use crate::authorities;
use crate::document_register::{FileHash, RegisteredFile, parse_hash};
use crate::messages::Language;
use crate::parcels::blocking;
use crate::province::RequestError;
use answer::Answer;
use page::Page;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const ICON: &str = include_str!("../../../../../assets/icons/arumbae.svg");

/// The largest file that is checked here, in bytes; the largest document with its photos has a third of it.
const MAX_FILE: usize = 32 << 20;

/// What a form adds to its file, in bytes, at most.
const FORM_AROUND: usize = 4096;

/// Nothing from elsewhere is loaded, run or sent to.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(ask, check))
        .routes(routes!(style))
        .routes(routes!(script))
        .routes(routes!(icon))
        .layer(DefaultBodyLimit::max(MAX_FILE + FORM_AROUND))
        .layer(axum::middleware::map_response(close_off))
}

/// What the page is asked; both names are short, since one of them stands in QR codes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Question {
    /// The record of a document, from its QR code.
    d: Option<String>,
    /// The SHA-256 of a file, hexadecimal.
    sha256: Option<String>,
    /// The language: `id` or `en`.
    bahasa: Option<String>,
}

/// Shows the page, with what the log says of the document or file that was asked about.
#[utoipa::path(get, path = paths::VERIFICATION, tag = "public", params(Question), responses((status = 200, description = "The page with an answer, or to ask on", body = String, content_type = "text/html"), (status = 404, description = "The page: the log does not know it", body = String, content_type = "text/html"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn ask(
    State(shared): State<Arc<Shared>>,
    Query(question): Query<Question>,
    headers: HeaderMap,
) -> Result<Response, HttpFailure> {
    let answer = match (&question.sha256, &question.d) {
        (Some(sha256), _) => Some(match parse_hash(sha256) {
            Some(sha256) => Answer::of_hash(shared.look_up_file(sha256).await?),
            None => Answer::Unknown,
        }),
        (None, Some(record)) => Some(match record.parse().map(RecordId) {
            Ok(record) => {
                let found = shared.province.find_document(record).await;
                Answer::of_code(found.map_err(|error| shared.fail(&RequestError::from(error)))?)
            }
            Err(_) => Answer::Unknown,
        }),
        (None, None) => None,
    };
    let asked = question.d.map(|record| format!("d={record}"));
    let asked = question.sha256.map(|sha256| format!("sha256={sha256}")).or(asked);
    Ok(shared.show(answer, asked.as_deref(), language(question.bahasa.as_deref(), &headers)))
}

/// Checks a file and answers with the page; keeps nothing of it.
#[utoipa::path(post, path = paths::VERIFICATION, tag = "public", params(Question), request_body(content = Form, content_type = "multipart/form-data"), responses((status = 200, description = "The page with an answer", body = String, content_type = "text/html"), (status = 400, description = "The page: no file was sent", body = String, content_type = "text/html"), (status = 413, description = "The page: the file is too large", body = String, content_type = "text/html"), (status = "4XX", response = Refused), (status = "5XX", response = Refused)))]
async fn check(
    State(shared): State<Arc<Shared>>,
    Query(question): Query<Question>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Result<Response, HttpFailure> {
    let _memory = shared.room_for_body(MAX_FILE)?;
    let answer = match read_file(multipart).await {
        Ok(Some(file)) => shared.check_file(file).await?,
        Ok(None) => Answer::NoFile,
        Err(TooLarge) => Answer::TooLarge,
    };
    Ok(shared.show(Some(answer), None, language(question.bahasa.as_deref(), &headers)))
}

/// The page's look.
#[utoipa::path(get, path = page::STYLE_PATH, tag = "public", responses((status = 200, description = "The style sheet", body = String, content_type = "text/css")))]
async fn style() -> impl IntoResponse {
    asset("text/css; charset=utf-8", STYLE)
}

/// The page's script, which spares uploads.
#[utoipa::path(get, path = page::SCRIPT_PATH, tag = "public", responses((status = 200, description = "The script", body = String, content_type = "text/javascript")))]
async fn script() -> impl IntoResponse {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

/// The mark.
#[utoipa::path(get, path = page::ICON_PATH, tag = "public", responses((status = 200, description = "The mark", body = String, content_type = "image/svg+xml")))]
async fn icon() -> impl IntoResponse {
    asset("image/svg+xml", ICON)
}

fn asset(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "max-age=3600")], text)
}

/// The form, as it is described.
#[derive(ToSchema)]
#[allow(dead_code, reason = "described only; the form is read part by part")]
struct Form {
    /// The PDF.
    #[schema(value_type = String, format = Binary)]
    berkas: Vec<u8>,
}

/// The file is larger than is checked here.
struct TooLarge;

/// The form's file, if one was chosen. A form that breaks off has none: nobody is there any more to be told.
async fn read_file(mut multipart: Multipart) -> Result<Option<Vec<u8>>, TooLarge> {
    while let Ok(Some(field)) = multipart.next_field().await {
        if field.name() != Some(page::FILE_FIELD) {
            continue;
        }
        return match field.bytes().await {
            Ok(bytes) if bytes.len() > MAX_FILE => Err(TooLarge),
            Ok(bytes) => Ok(Some(bytes.into()).filter(|bytes: &Vec<u8>| !bytes.is_empty())),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(TooLarge),
            Err(_) => Ok(None),
        };
    }
    Ok(None)
}

impl Shared {
    async fn look_up_file(&self, sha256: FileHash) -> Result<Option<RegisteredFile>, HttpFailure> {
        let found = self.province.find_document_file(sha256).await;
        found.map_err(|error| self.fail(&RequestError::from(error)))
    }

    /// Checks a file's signatures and looks it up in the log; keeps nothing of it.
    async fn check_file(&self, file: Vec<u8>) -> Result<Answer, HttpFailure> {
        let sha256 = Sha256::digest(&file).into();
        let registry = self.province.registry().await.map_err(|error| self.fail(&RequestError::from(error)))?;
        let trust = authorities::trust(self.province.ca_der(), &registry);
        let trust = trust.map_err(|error| self.fail(&RequestError::Certificate(error)))?;
        let now = self.province.clock.now();
        let _turn = self.turn().await?;
        let checked = blocking(move || verify_document(&file, &trust, now)).await;
        let checked = checked.map_err(|error| self.fail(&RequestError::from(error)))?;
        Ok(Answer::of_file(checked, self.look_up_file(sha256).await?))
    }

    fn show(&self, answer: Option<Answer>, asked: Option<&str>, language: Language) -> Response {
        let status = answer.as_ref().map_or(StatusCode::OK, Answer::status);
        let page = Page::new(answer.as_ref(), self.province.office(), asked, language);
        match page.render() {
            Ok(text) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

async fn close_off(mut response: Response) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    response
}

/// The language asked for, else the browser's if that is English, else Indonesian.
fn language(asked: Option<&str>, headers: &HeaderMap) -> Language {
    let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match asked {
        Some("en") => Language::En,
        Some(_) => Language::Id,
        None if preferred.trim_start().to_ascii_lowercase().starts_with("en") => Language::En,
        None => Language::Id,
    }
}
