//! The operator's own way in: metrics, on a listener that nobody else reaches.

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

use super::Shared;
use crate::metrics::Metrics;

/// What an operator's programs read.
pub(crate) fn operations(shared: Arc<Shared>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(shared)
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let Shared { province, room, limits, metrics, .. } = &*shared;
    let grown = province.grown.lock().unwrap_or_else(PoisonError::into_inner).len();
    for (gauge, value) in [
        (&metrics.working, room.working(limits)),
        (&metrics.waiting, room.waiting(limits)),
        (&metrics.unsummed_scopes, grown),
    ] {
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
    }
    ([(header::CONTENT_TYPE, Metrics::MEDIA_TYPE)], metrics.to_text()).into_response()
}
