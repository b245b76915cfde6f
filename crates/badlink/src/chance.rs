//! Chance from a seed, for tests that can be played again.

use std::time::Duration;

use crate::weather::Spells;

/// A stream of numbers (SplitMix64, Steele et al. 2014): good enough for weather.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The stream of a seed for a purpose.
    pub fn new(seed: u64, purpose: u64) -> Chance {
        Chance(seed.wrapping_mul(0xff51_afd7_ed55_8ccd) ^ purpose.wrapping_mul(0xc4ce_b9fe_1a85_ec53))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A part of a span.
    pub fn part_of(&mut self, span: Duration) -> Duration {
        span.mul_f64((self.next() >> 11) as f64 / (1u64 << 53) as f64)
    }

    /// How long it takes this time.
    pub fn spell(&mut self, spells: Spells) -> Duration {
        spells.shortest + self.part_of(spells.longest.saturating_sub(spells.shortest))
    }
}
