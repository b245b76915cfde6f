//! Time and randomness, which this crate is given and never reads for itself.

use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

/// The clock and the source of randomness of the host.
pub trait Surroundings: Send + Sync {
    /// Milliseconds since 1970 UTC, by whatever clock the device has; it may be wrong by decades.
    fn now_ms(&self) -> u64;

    /// Fills `bytes` with randomness fit for keys and nonces.
    fn fill_random(&self, bytes: &mut [u8]);
}

/// The surroundings as the parts of this crate share them.
pub type SharedSurroundings = Arc<dyn Surroundings>;

/// The host's randomness in the shape cryptographic crates take it.
pub(crate) struct Randomness<'a>(pub &'a dyn Surroundings);

impl RngCore for Randomness<'_> {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_random(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.0.fill_random(dest);
        Ok(())
    }
}

impl CryptoRng for Randomness<'_> {}
