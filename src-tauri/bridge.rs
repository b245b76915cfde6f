//! The way from the webview to the commands: JSON calls, and raw bytes for attachments and documents.

use std::sync::Arc;

use arumbae_app::attachment::{self, Uploaded};
use arumbae_app::error::{AppError, ErrorCode, ErrorNotice};
use arumbae_app::{App, command};
use serde_json::Value;
use tauri::State;
use tauri::ipc::{InvokeBody, Request, Response};

type Held<'a> = State<'a, Arc<App>>;

#[tauri::command]
pub(crate) async fn call(app: Held<'_>, name: String, args: Value) -> Result<Value, ErrorNotice> {
    command::dispatch(&app, &name, args).await.map_err(|error| app.notice(&error))
}

#[tauri::command]
pub(crate) async fn upload(app: Held<'_>, request: Request<'_>) -> Result<Uploaded, ErrorNotice> {
    let stored = match request.body() {
        InvokeBody::Raw(bytes) => attachment::upload(&app, bytes.clone()).await,
        InvokeBody::Json(_) => Err(AppError::new(ErrorCode::BadArguments)),
    };
    stored.map_err(|error| app.notice(&error))
}

#[tauri::command]
pub(crate) async fn download(app: Held<'_>, blob: String) -> Result<Response, ErrorNotice> {
    attachment::download(&app, &blob).await.map(Response::new).map_err(|error| app.notice(&error))
}
