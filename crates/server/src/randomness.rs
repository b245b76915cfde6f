//! The server's randomness, passed in like its clock so that the fleet simulator can repeat a province.

use std::fmt;
use std::sync::Arc;

use rand_core::{CryptoRng, OsRng, RngCore};

/// What fills bytes.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// Fills bytes for keys, tokens and serial numbers.
#[derive(Clone)]
pub struct Randomness(Arc<Fill>);

impl Randomness {
    /// Randomness from `fill`, which must be fit for keys wherever the province is to be trusted.
    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Randomness(Arc::new(fill))
    }

    /// The machine's.
    pub fn system() -> Self {
        Randomness::new(|bytes| OsRng.fill_bytes(bytes))
    }
}

impl RngCore for Randomness {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        (self.0)(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        (self.0)(dest);
        Ok(())
    }
}

impl CryptoRng for Randomness {}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness(..)")
    }
}
