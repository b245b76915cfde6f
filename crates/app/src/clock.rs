//! The clock, passed in so that tests can set it to 1970 or 2099.

use arumbae_domain::calendar::IndonesianZone;
use jiff::Timestamp;

/// The first and the last year in which a laptop's clock is believed; no clock outside refuses any work.
const PLAUSIBLE_YEARS: std::ops::RangeInclusive<i16> = 2024..=2060;

/// Whether a clock may be right. Offline nothing else can be known about it.
pub(crate) fn is_plausible(now: Timestamp) -> bool {
    PLAUSIBLE_YEARS.contains(&IndonesianZone::Wit.civil(now).year())
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, UTC.
    fn now(&self) -> Timestamp;
}

/// The laptop's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
