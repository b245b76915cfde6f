//! The hybrid logical clock: it orders concurrent values for display and decides nothing else.

use std::fmt;

/// 48 bits of milliseconds since 1970 UTC and 16 bits of counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hlc(pub u64);

impl Hlc {
    /// How far past the local clock a received stamp may move it, in milliseconds.
    pub const MAX_LEAD_MS: u64 = 60_000;

    /// The stamp of a moment with a counter.
    pub fn new(millis: u64, counter: u16) -> Self {
        Hlc((millis << 16) | u64::from(counter))
    }

    /// Milliseconds since 1970 UTC.
    pub fn millis(self) -> u64 {
        self.0 >> 16
    }

    /// The counter that tells stamps of one millisecond apart.
    pub fn counter(self) -> u16 {
        self.0 as u16
    }

    /// The next stamp of a device whose last one is `self` and whose clock reads `now_ms`; always greater.
    #[must_use]
    pub fn tick(self, now_ms: u64) -> Hlc {
        Hlc(Hlc::new(now_ms, 0).0.max(self.0 + 1))
    }

    /// The clock after seeing a foreign stamp: it follows at most to one minute past `now_ms`, never back.
    #[must_use]
    pub fn witness(self, seen: Hlc, now_ms: u64) -> Hlc {
        let ceiling = Hlc::new(now_ms + Self::MAX_LEAD_MS, 0);
        self.max(seen.min(ceiling))
    }
}

impl fmt::Display for Hlc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.millis(), self.counter())
    }
}
