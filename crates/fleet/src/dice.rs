//! Everything that happens by chance, drawn from one seed.

use rand_core::{CryptoRng, RngCore};

/// A stream of chance for one purpose.
///
/// Each purpose has its own stream, so that leaving one kind of mishap out does not change what befalls the rest: that
/// is what lets a failure be narrowed down. The stream is BLAKE3's, so keys may be drawn from it too.
#[derive(Clone)]
pub struct Dice {
    stream: blake3::OutputReader,
}

impl Dice {
    /// The stream of a seed for a purpose.
    pub fn new(seed: u64, purpose: &str) -> Dice {
        let mut hasher = blake3::Hasher::new_derive_key("arumbae 2026 fleet dice");
        hasher.update(&seed.to_le_bytes());
        hasher.update(purpose.as_bytes());
        Dice { stream: hasher.finalize_xof() }
    }

    /// A number below `end`, which is not 0. The bias of the remainder does not matter here.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next_u64() % end as u64) as usize
    }

    /// A number from `first` to `last`.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.next_u64() % (last - first + 1)
    }

    /// True in `per_mille` of a thousand cases.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.next_u64() % 1000 < per_mille
    }

    /// One of several, `None` of nothing.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        if among.is_empty() { None } else { among.get(self.below(among.len())) }
    }

    /// One of several by weight; the weights' sum is not 0.
    pub fn weighted<T: Copy>(&mut self, among: &[(T, u64)]) -> Option<T> {
        let total: u64 = among.iter().map(|(_, weight)| weight).sum();
        let mut at = self.next_u64().checked_rem(total)?;
        for (one, weight) in among {
            match at.checked_sub(*weight) {
                None => return Some(*one),
                Some(rest) => at = rest,
            }
        }
        None
    }

    /// Puts a list in any order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

impl RngCore for Dice {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.stream.fill(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.stream.fill(dest);
        Ok(())
    }
}

impl CryptoRng for Dice {}
