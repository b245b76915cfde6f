//! How often: a bucket of tokens for each key, refilled as time passes (the generic cell rate algorithm).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::Allowance;

/// After so many questions, keys whose buckets are full again are forgotten: addresses must not fill the memory.
const FORGET_AFTER: u32 = 4096;

/// The allowances of all keys.
pub(crate) struct Allowances<K: Hash + Eq + Clone, C: Clock + Clone = DefaultClock> {
    buckets: RateLimiter<K, DefaultKeyedStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    burst: NonZeroU32,
    clock: C,
    asked: AtomicU32,
}

/// Nothing is left; so long until there is enough again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent(pub Duration);

impl<K: Hash + Eq + Clone> Allowances<K> {
    pub fn new(allowance: Allowance) -> Self {
        Self::with_clock(allowance, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Allowances<K, C> {
    /// The same by another clock. It must not go back, so it is never the one that shows the time.
    pub fn with_clock(Allowance { burst, every }: Allowance, clock: C) -> Self {
        let quota = Quota::with_period(every.max(Duration::from_nanos(1))).unwrap_or(Quota::per_second(burst));
        let buckets = RateLimiter::new(quota.allow_burst(burst), DefaultKeyedStateStore::default(), clock.clone());
        Allowances { buckets, burst, clock, asked: AtomicU32::new(0) }
    }

    /// Takes so much of a key's allowance, or nothing of it. What is more than can ever be had at once takes all.
    pub fn take(&self, key: &K, amount: u32) -> Result<(), Spent> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            self.buckets.retain_recent();
        }
        let Some(amount) = NonZeroU32::new(amount) else { return Ok(()) };
        match self.buckets.check_key_n(key, amount.min(self.burst)) {
            Ok(Err(not_until)) => Err(Spent(not_until.wait_time_from(self.clock.now()))),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn allowances() -> (Allowances<u8, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Allowances::with_clock(Allowance::new(3, SECOND), clock.clone()), clock)
    }

    #[test]
    fn what_is_spent_comes_back_with_time() {
        let (allowances, clock) = allowances();
        assert_eq!(allowances.take(&1, 3), Ok(()));
        assert_eq!(allowances.take(&1, 1), Err(Spent(SECOND)));
        assert_eq!(allowances.take(&1, 2), Err(Spent(2 * SECOND)), "what was refused was not taken");
        assert_eq!(allowances.take(&2, 3), Ok(()), "others have their own");
        clock.advance(SECOND);
        assert_eq!(allowances.take(&1, 1), Ok(()));
        clock.advance(100 * SECOND);
        assert_eq!(allowances.take(&1, 4), Ok(()), "what is never there at once takes all there is");
        assert_eq!(allowances.take(&1, 1), Err(Spent(SECOND)));
    }

    #[test]
    fn keys_with_nothing_spent_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let allowances = Allowances::<u32, _>::with_clock(Allowance::new(3, SECOND), clock.clone());
        for key in 0..4 * FORGET_AFTER {
            clock.advance(SECOND);
            allowances.take(&key, 1).expect("each has its own");
        }
        assert!(allowances.buckets.len() <= FORGET_AFTER as usize + 4, "{} kept", allowances.buckets.len());
    }
}
