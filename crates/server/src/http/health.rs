//! Whether the server lives, and whether it can do its work. Anybody may ask; the answer names what is wrong and nothing
//! else.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::keys::KeyFolder;

/// With less room an exchange of the largest body might not fit beside what is written meanwhile.
const LEAST_ROOM: u64 = 64 << 20;

/// The database answers a look-up of one row within this.
const DATABASE_PATIENCE: Duration = Duration::from_secs(5);

/// A clock may be so far behind the last entry of the registry, in milliseconds; time is kept no better than that
/// between several servers.
const BEHIND_MS: u64 = 5 * 60 * 1000;

pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready))
}

/// What a server needs for an exchange, and whether it has it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// The database answers.
    database: bool,
    /// The data folder has room left.
    disk: bool,
    /// The clock is not behind what the registry already says.
    clock: bool,
    /// The province's keys are there.
    keys: bool,
}

/// Says that the server lives.
#[utoipa::path(get, path = "/healthz", tag = "public", responses((status = 200, description = "It does", body = String)))]
async fn live() -> &'static str {
    "hidup\n"
}

/// Says whether the server can take an exchange.
#[utoipa::path(get, path = "/readyz", tag = "public", responses((status = 200, description = "It can", body = Readiness), (status = 503, description = "What is false is lacking", body = Readiness)))]
async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    let readiness = shared.readiness().await;
    let Readiness { database, disk, clock, keys } = readiness;
    let is_ready = database && disk && clock && keys;
    if !is_ready {
        tracing::warn!(database, disk, clock, keys, "not ready");
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(readiness)).into_response()
}

impl Shared {
    async fn readiness(&self) -> Readiness {
        let last_entry = timeout(DATABASE_PATIENCE, self.last_entry_ms()).await.ok().flatten();
        let data_dir = self.data_dir.clone();
        let room = tokio::task::spawn_blocking(move || {
            fs4::available_space(&data_dir).map(|room| (room, KeyFolder::of(&data_dir).exists()))
        });
        let room = room.await.ok().and_then(Result::ok);
        Readiness {
            database: last_entry.is_some(),
            disk: room.is_some_and(|(room, _)| room >= LEAST_ROOM),
            clock: last_entry.is_none_or(|last_ms| self.province.clock.now_ms() + BEHIND_MS >= last_ms),
            keys: room.is_some_and(|(_, keys)| keys),
        }
    }

    /// When the registry was last written, by a look into the database itself.
    async fn last_entry_ms(&self) -> Option<u64> {
        let seq = self.province.registry().await.ok()?.seq();
        let entries = self.province.storage.registry_after(seq.saturating_sub(1)).await.ok()?;
        entries.last().map(|entry| entry.at_ms)
    }
}
