//! How far the device's clock is from the server's, and how sure that is.

use std::time::Duration;

use arumbae_mergelog::segment::ClockQuality;
use serde::{Deserialize, Serialize};

use crate::carrier::Timing;
use crate::transport::signed_difference;

/// One comparison with the server's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReading {
    /// How far this device is ahead of the server, in milliseconds.
    pub ahead_ms: i64,
    /// Half the round trip: the server stamped its answer somewhere in it.
    pub uncertainty_ms: u32,
}

impl ClockReading {
    /// From here on people are told. Nothing is ever refused for it.
    pub const FAR_OFF: Duration = Duration::from_secs(5 * 60);

    /// Compares the server's stamp with the middle of the round trip.
    pub(crate) fn compare(timing: Timing, server_time_ms: u64) -> ClockReading {
        let round_trip = timing.answered_ms.saturating_sub(timing.sent_ms);
        let middle = timing.sent_ms.saturating_add(round_trip / 2);
        let uncertainty = u32::try_from(round_trip.div_ceil(2)).unwrap_or(u32::MAX);
        ClockReading { ahead_ms: signed_difference(middle, server_time_ms), uncertainty_ms: uncertainty }
    }

    /// The surer of two: a request that had little to carry says more about the clock.
    #[must_use]
    pub fn surer(self, other: ClockReading) -> ClockReading {
        if other.uncertainty_ms < self.uncertainty_ms { other } else { self }
    }

    /// Whether people should be told, even in the best case of the uncertainty.
    pub fn is_far_off(&self) -> bool {
        let least = self.ahead_ms.unsigned_abs().saturating_sub(u64::from(self.uncertainty_ms));
        u128::from(least) > Self::FAR_OFF.as_millis()
    }

    /// As it is signed into segments: saturating, because a clock of 1970 is further off than 32 bits tell.
    pub fn quality(&self) -> ClockQuality {
        let ends = (i64::from(i32::MIN), i64::from(i32::MAX));
        ClockQuality { offset_ms: self.ahead_ms.clamp(ends.0, ends.1) as i32, uncertainty_ms: self.uncertainty_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_reading(sent_ms: u64, answered_ms: u64, server_ms: u64, expected: (i64, u32, bool)) {
        let timing = Timing { sent_ms, answered_ms, took: Duration::ZERO };
        let reading = ClockReading::compare(timing, server_ms);
        assert_eq!((reading.ahead_ms, reading.uncertainty_ms, reading.is_far_off()), expected);
    }

    #[test]
    fn the_server_stamped_somewhere_within_the_round_trip() {
        check_reading(1_000_000, 1_003_000, 1_001_500, (0, 1500, false));
        check_reading(1_000_000, 1_000_001, 1_000_000, (0, 1, false));
    }

    #[test]
    fn five_minutes_are_far_off_only_beyond_the_uncertainty() {
        check_reading(1_000_000, 1_002_000, 700_000, (301_000, 1000, false));
        check_reading(1_000_000, 1_002_000, 699_999, (301_001, 1000, true));
    }

    #[test]
    fn clocks_of_1970_and_2099_are_told_and_fit_into_a_segment() {
        let server_ms = 1_790_000_000_000;
        check_reading(0, 100, server_ms, (50 - 1_790_000_000_000, 50, true));
        let late = ClockReading { ahead_ms: 4_070_908_800_000 - 1_790_000_000_000, uncertainty_ms: 50 };
        assert!(late.is_far_off());
        assert_eq!(late.quality().offset_ms, i32::MAX);
    }

    #[test]
    fn a_clock_that_jumps_back_during_the_request_is_no_panic() {
        check_reading(2_000_000, 1_000_000, 2_000_000, (0, 0, false));
    }
}
