//! Paths that anybody may ask for: unsigned, and so limited by the address they come from.
//!
//! Whatever belongs here tells the same to everybody and changes nothing.

use std::sync::Arc;

use arumbae_protocol::paths;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Shared, cbor_response};
use crate::storage::Storage;

pub(super) fn router<S: Storage>() -> Router<Arc<Shared<S>>> {
    Router::new().route(paths::INFO, get(info::<S>))
}

async fn info<S: Storage>(State(shared): State<Arc<Shared<S>>>) -> Response {
    cbor_response(&shared.province.info())
}
