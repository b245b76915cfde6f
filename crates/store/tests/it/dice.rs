//! Chance that can be had again: a seed gives the same throws on every machine.

use std::ops::Range;

/// The seed of this run: `ARUMBAE_SEED`, or always the same one.
pub fn seed() -> u64 {
    std::env::var("ARUMBAE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_240_214)
}

pub struct Dice(blake3::OutputReader);

impl Dice {
    /// `of` tells the throws of one test from those of another.
    pub fn new(of: &str, seed: u64) -> Self {
        Dice(blake3::Hasher::new().update(of.as_bytes()).update(&seed.to_le_bytes()).finalize_xof())
    }

    pub fn below(&mut self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end
    }

    pub fn within(&mut self, range: Range<usize>) -> usize {
        range.start + self.below((range.end - range.start) as u64) as usize
    }
}
