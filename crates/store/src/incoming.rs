//! What comes in: segments of other lanes, notices and entries of the registry.

use arumbae_protocol::{Notice, ScopeCursor, SignedEntry};

use crate::error::Result;
use crate::opening::Store;
use crate::views::{ApplyOutcome, Incoming};

impl Store {
    /// Takes in segments, in one transaction with the cursors they bring this device to.
    pub fn apply_segments(&mut self, segments: Vec<Incoming>, cursors: &[ScopeCursor], now_ms: u64) -> Result<ApplyOutcome> { let _ = (segments, cursors, now_ms); unimplemented!() }

    /// Appends registry entries, each checked against the registry key, and judges held-back segments anew.
    pub fn apply_registry(&mut self, entries: &[SignedEntry], now_ms: u64) -> Result<usize> { let _ = (entries, now_ms); unimplemented!() }

    /// Notes what the server did not accept of this device's segments.
    pub fn note_server_notices(&mut self, notices: &[Notice], now_ms: u64) -> Result<()> { let _ = (notices, now_ms); unimplemented!() }
}
