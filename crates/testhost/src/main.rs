//! The screens in an ordinary browser, for tests and for working on them. Never shipped: whoever reaches its port
//! is the officer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use arumbae_app::attachment::{self, Uploaded};
use arumbae_app::courier::ChosenStick;
use arumbae_app::error::{AppError, ErrorNotice};
use arumbae_app::saved_copy::{self, CopySource};
use arumbae_app::{App, SystemClock, command};
use arumbae_sample::InProcessProvince;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser;
use serde::Deserialize;
use serde_json::Value;
use tower_http::services::ServeDir;

/// Twice the largest attachment, so that refusing one too large is the program's own doing.
const LARGEST_BODY: usize = 2 * attachment::MAX_ATTACHMENT_BYTES + 8 * 1024 * 1024;

#[derive(Parser)]
#[command(about = "Serves the screens to a browser on this machine, for tests.")]
struct Arguments {
    /// Where the program keeps its data.
    #[arg(long)]
    data: PathBuf,
    /// The built user interface.
    #[arg(long, default_value = "ui/dist")]
    ui: PathBuf,
    /// The folder that is chosen whenever a stick is asked for: a browser has no dialog for that.
    #[arg(long)]
    stick: Option<PathBuf>,
    /// Where to listen; loopback only.
    #[arg(long, default_value = "127.0.0.1:4173")]
    listen: SocketAddr,
}

type Refusal = (StatusCode, Json<ErrorNotice>);

fn refuse(app: &App, error: &AppError) -> Refusal {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(app.notice(error)))
}

#[derive(Deserialize)]
struct Call {
    name: String,
    args: Value,
}

async fn call(State(app): State<Arc<App>>, Json(call): Json<Call>) -> Result<Json<Value>, Refusal> {
    command::dispatch(&app, &call.name, call.args).await.map(Json).map_err(|error| refuse(&app, &error))
}

async fn upload(State(app): State<Arc<App>>, bytes: Bytes) -> Result<Json<Uploaded>, Refusal> {
    attachment::upload(&app, bytes.to_vec()).await.map(Json).map_err(|error| refuse(&app, &error))
}

async fn download(State(app): State<Arc<App>>, Path(blob): Path<String>) -> Result<Vec<u8>, Refusal> {
    attachment::download(&app, &blob).await.map_err(|error| refuse(&app, &error))
}

async fn copy(State(app): State<Arc<App>>, Json(source): Json<CopySource>) -> Result<Vec<u8>, Refusal> {
    saved_copy::bytes_of(&app, source).await.map_err(|error| refuse(&app, &error))
}

async fn choose_stick(app: Arc<App>, stick: Option<PathBuf>) -> Result<Json<Option<ChosenStick>>, Refusal> {
    let Some(folder) = stick else { return Ok(Json(None)) };
    app.choose_stick(folder).await.map(|chosen| Json(Some(chosen))).map_err(|error| refuse(&app, &error))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let Arguments { data, ui, stick, listen } = Arguments::parse();
    if !listen.ip().is_loopback() {
        return Err(std::io::Error::other("the test host listens on loopback only"));
    }
    let app = Arc::new(App::new(data, Arc::new(SystemClock), Arc::new(InProcessProvince::default())));
    let background = Arc::clone(&app);
    tokio::spawn(async move { background.keep_synchronizing().await });
    let background = Arc::clone(&app);
    tokio::spawn(async move { background.keep_backed_up().await });
    let router = Router::new()
        .route("/call", post(call))
        .route("/upload", post(upload))
        .route("/download/{blob}", get(download))
        .route("/copy", post(copy))
        .route("/stick", post(move |State(app): State<Arc<App>>| choose_stick(app, stick.clone())))
        .fallback_service(ServeDir::new(ui))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app);
    axum::serve(tokio::net::TcpListener::bind(listen).await?, router).await
}
