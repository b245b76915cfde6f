//! When to try again: later each time, never at the same moment as the neighbours, and never giving up.

use std::time::Duration;

/// The pauses between attempts. Randomness is passed in; the caller does the waiting.
///
/// There is no last attempt: an island may be without a signal for weeks, and the work waits as long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The longest pause after the first failure.
    pub const FIRST: Duration = Duration::from_secs(15);
    /// The longest pause of all. Longer ones would miss the half hour in which a boat is in reach of a tower.
    pub const LONGEST: Duration = Duration::from_secs(30 * 60);
    /// The longest where the server was not even reached: knocking costs nothing, and a modem may have a link for
    /// minutes only.
    pub const LONGEST_UNREACHED: Duration = Duration::from_secs(2 * 60);

    /// How many attempts have failed since the last success.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes a failure and answers how long to wait: between half and all of a span that doubles each time, up to
    /// `longest`.
    ///
    /// `randomness` is any uniform number. Without it every device of a province would return in the same
    /// second after the server was down.
    #[must_use]
    pub fn after_failure(&mut self, longest: Duration, randomness: u32) -> Duration {
        let doublings = self.failures.min(16);
        self.failures = self.failures.saturating_add(1);
        let span = Self::FIRST.saturating_mul(1 << doublings).min(longest);
        span / 2 + (span / 2).mul_f64(f64::from(randomness) / f64::from(u32::MAX))
    }

    /// Notes a success: the next failure begins with the shortest pause again.
    pub fn after_success(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_pauses(randomness: u32, expected_seconds: &[u64]) {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> =
            expected_seconds.iter().map(|_| backoff.after_failure(Backoff::LONGEST, randomness).as_secs()).collect();
        assert_eq!(pauses, expected_seconds);
    }

    #[test]
    fn pauses_double_up_to_half_an_hour() {
        check_pauses(u32::MAX, &[15, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
    }

    #[test]
    fn the_luckiest_draw_waits_half_as_long() {
        check_pauses(0, &[7, 15, 30, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn it_never_gives_up() {
        let mut backoff = Backoff { failures: u32::MAX };
        assert_eq!(backoff.after_failure(Backoff::LONGEST, u32::MAX), Backoff::LONGEST);
        assert_eq!(backoff.after_failure(Backoff::LONGEST_UNREACHED, u32::MAX), Backoff::LONGEST_UNREACHED);
    }

    #[test]
    fn a_success_starts_over() {
        let mut backoff = Backoff { failures: 9 };
        backoff.after_success();
        assert_eq!(backoff.after_failure(Backoff::LONGEST, u32::MAX), Backoff::FIRST);
    }
}
