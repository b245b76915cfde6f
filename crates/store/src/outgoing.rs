//! What leaves: saves sealed into segments, segments without a receipt, receipts.

use arumbae_domain::Scope;
use arumbae_mergelog::{ClockQuality, LaneId, SealedSegment};
use arumbae_protocol::Receipt;
use rand_core::CryptoRngCore;

use crate::error::Result;
use crate::opening::Store;

impl Store {
    /// Seals every save not sealed yet into segments of at most some 16 KB, in one transaction.
    pub fn seal_pending(&mut self, clock: ClockQuality) -> Result<usize> { let _ = clock; unimplemented!() }

    /// Own segments without a receipt, oldest first; at least one if there is any, then up to `max_bytes`.
    pub fn unreceipted_segments(&self, max_bytes: usize) -> Result<Vec<SealedSegment>> { let _ = max_bytes; unimplemented!() }

    /// Segments of a scope beyond what a peer says it has of each lane, for bundles; `None` for every scope.
    pub fn segments_after(&self, scope: Option<&Scope>, known: &[(LaneId, u64)], max_bytes: usize) -> Result<Vec<SealedSegment>> { let _ = (scope, known, max_bytes); unimplemented!() }

    /// Takes in receipts whose signature is the registry key's; the others are left out. Returns how many counted.
    pub fn apply_receipts(&mut self, receipts: &[Receipt]) -> Result<usize> { let _ = receipts; unimplemented!() }

    /// Begins a new incarnation: after a restore, or when a lane of this device forked. Saves that never left under
    /// the old one are written again under the new one.
    pub fn begin_incarnation(&mut self, rng: &mut impl CryptoRngCore) -> Result<()> { let _ = rng.next_u32(); unimplemented!() }
}
