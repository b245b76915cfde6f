//! What a server says about itself to anyone who asks.

use serde::{Deserialize, Serialize};

use crate::keys::RegistryKey;

/// The answer to `GET /v1/info`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerInfo {
    /// The newest [`PROTOCOL_VERSION`](crate::PROTOCOL_VERSION) the server speaks.
    pub protocol: u16,
    /// The oldest it still serves.
    pub oldest_protocol: u16,
    /// The name of the office that runs it.
    pub office: String,
    /// Tells a client at once that it is talking to another province than it enrolled in.
    pub registry_key: RegistryKey,
    /// Milliseconds since 1970 UTC, for measuring the client's clock.
    pub server_time_ms: u64,
    /// The largest request body `POST /v1/sync` takes, in bytes.
    pub max_sync_body: u64,
    /// The largest attachment, in bytes.
    pub max_attachment: u64,
}
