//! Where this installation stands: cursors, digests, the registry, the quarantine, the summary on the status bar.

use arumbae_domain::Scope;
use arumbae_mergelog::{ClockQuality, Digest, LaneId};
use arumbae_protocol::{Registry, ScopeCursor};

use crate::error::Result;
use crate::opening::Store;
use crate::views::{Quarantined, SyncSummary};

impl Store {
    /// How far each scope was read.
    pub fn cursors(&self) -> Result<Vec<ScopeCursor>> { unimplemented!() }

    /// Reads a scope from the start again, after its digest turned out to differ.
    pub fn reset_cursor(&mut self, scope: &Scope) -> Result<()> { let _ = scope; unimplemented!() }

    /// The set digest of each scope over the segments the server has numbered, own ones included.
    pub fn digests(&self) -> Result<Vec<(Scope, Digest)>> { unimplemented!() }

    /// How far every lane is known: what a peer needs to know to send the rest.
    pub fn version_vector(&self) -> Result<Vec<(LaneId, u64)>> { unimplemented!() }

    /// The province's registry as far as it is known here.
    pub fn registry(&self) -> &Registry { unimplemented!() }

    /// What is held but not part of the records, latest first.
    pub fn quarantine(&self) -> Result<Vec<Quarantined>> { unimplemented!() }

    /// The figures of the status bar.
    pub fn sync_summary(&self) -> Result<SyncSummary> { unimplemented!() }

    /// Notes that the server answered, and how its clock compared.
    pub fn note_contact(&mut self, now_ms: u64, clock: ClockQuality) -> Result<()> { let _ = (now_ms, clock); unimplemented!() }

    /// How this device's clock compared with the server's when it last answered.
    pub fn clock_quality(&self) -> Result<ClockQuality> { unimplemented!() }
}
