//! What a laptop is called on the network: a name that says nothing to strangers and everything to colleagues.

use std::fmt;

use arumbae_mergelog::DeviceKey;
use rand_core::RngCore;

/// Without vowels, so that no word comes out, and without what looks alike.
const LETTERS: &[u8; 24] = b"23456789CDFGHJKMNPQRTVWX";
const LENGTH: usize = 6;

/// A name drawn each time a laptop begins to listen. It stands on its own screen and on the others' lists, so that two
/// officers know which one is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(String);

impl Alias {
    pub(crate) fn draw(rng: &mut impl RngCore) -> Self {
        let letter = |_| LETTERS[rng.next_u32() as usize % LETTERS.len()] as char;
        Alias((0..LENGTH).map(letter).collect())
    }

    /// A name that somebody announced; `None` if it is none of ours.
    pub(crate) fn announced(name: &str) -> Option<Self> {
        let ours = name.len() == LENGTH && name.bytes().all(|letter| LETTERS.contains(&letter));
        ours.then(|| Alias(name.to_owned()))
    }

    /// The mark by which those who have a device's key recognise it under this name. Others learn nothing of it, not
    /// even that it is the device of yesterday, as the name is another one each time.
    pub(crate) fn mark(&self, device: DeviceKey) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("arumbae 2026 nearby mark");
        hasher.update(self.0.as_bytes()).update(&device.0);
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn a_mark_is_recognised_by_the_key_alone_and_never_the_same() {
        let (one, other) = (Alias::draw(&mut OsRng), Alias::draw(&mut OsRng));
        let device = DeviceKey([1; 32]);
        assert_eq!(one.mark(device), Alias::announced(&one.to_string()).expect("a name of ours").mark(device));
        assert_ne!(one.mark(device), one.mark(DeviceKey([2; 32])));
        assert_ne!(one.mark(device), other.mark(device), "nobody can follow it from day to day");
    }

    #[test]
    fn names_of_others_are_not_taken_for_ours() {
        for name in ["", "LAPTOP", "7QX4M", "7QX4MDD", "7qx4md", "7QX4M<"] {
            assert_eq!(Alias::announced(name), None, "{name}");
        }
    }
}
