//! What the link to the server is doing, in words that are true at every moment.

use serde::{Deserialize, Serialize};

use crate::error::SyncErrorCode;

/// The state the status bar shows.
///
/// Nothing here says "sent": that a record is sent is known only from its receipt, and stands with the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkState {
    /// No invitation has been accepted; the work stays on this device and loses nothing by it.
    NotEnrolled,
    /// Enrolled, and nothing is under way.
    Idle,
    /// The last attempt failed; the next one is set for a moment.
    Waiting {
        /// Milliseconds since 1970 UTC by this device's clock.
        until: u64,
        /// Why the last attempt failed.
        because: SyncErrorCode,
    },
    /// Reaching for the server; nothing has been exchanged yet.
    Connecting,
    /// Bytes are travelling.
    Exchanging {
        /// Sealed bytes for which the server has not yet given a receipt.
        bytes_left: u64,
        /// What the link carried a second when it was last measured, both ways together; nothing before.
        bytes_per_second: Option<u32>,
    },
    /// The last sync went through to the end: everything sealed has its receipt.
    Done,
    /// The last sync failed, and trying again by itself will not help.
    Failed {
        /// Why.
        code: SyncErrorCode,
    },
}
