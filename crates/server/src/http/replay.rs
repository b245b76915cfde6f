//! Each signed request counts once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::FailureCode;
use arumbae_protocol::http_signature::{Freshness, SignedBy, WINDOW_SECONDS};

/// Remembers the nonces of the time in which a request could still be taken for a fresh one.
///
/// They are kept in memory: requests made before this process started are refused instead, and the device signs
/// again with the time in the refusal.
pub(super) struct ReplayGuard {
    started: u64,
    seen: Mutex<BTreeSet<(u64, DeviceKey, [u8; 16])>>,
}

impl ReplayGuard {
    /// A guard of a server that starts at `started`, seconds since 1970 UTC.
    pub(super) fn new(started: u64) -> Self {
        ReplayGuard { started, seen: Mutex::new(BTreeSet::new()) }
    }

    /// Lets a request pass once, if its time is near `now`, seconds since 1970 UTC.
    ///
    /// Ask only for registered devices: what strangers send must not fill the memory.
    pub(super) fn admit(&self, signed_by: SignedBy, now: u64) -> Result<(), FailureCode> {
        let SignedBy { device, freshness: Freshness { created, nonce } } = signed_by;
        if created.abs_diff(now) > WINDOW_SECONDS || created < self.started {
            return Err(FailureCode::StaleRequest);
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = (now.saturating_sub(WINDOW_SECONDS), DeviceKey([0; 32]), [0; 16]);
        *seen = seen.split_off(&oldest);
        if seen.insert((created, device, nonce)) { Ok(()) } else { Err(FailureCode::ReplayedRequest) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTED: u64 = 1_700_000_000;

    #[track_caller]
    fn check_admitted(guard: &ReplayGuard, created: u64, nonce: u8, now: u64, expected: Result<(), FailureCode>) {
        let freshness = Freshness { created, nonce: [nonce; 16] };
        let signed_by = SignedBy { device: DeviceKey([7; 32]), freshness };
        assert_eq!(guard.admit(signed_by, now), expected, "created {created}, nonce {nonce}, now {now}");
    }

    #[test]
    fn a_nonce_counts_once_within_the_window() {
        let guard = ReplayGuard::new(STARTED);
        check_admitted(&guard, STARTED + 10, 1, STARTED + 10, Ok(()));
        check_admitted(&guard, STARTED + 10, 1, STARTED + 11, Err(FailureCode::ReplayedRequest));
        check_admitted(&guard, STARTED + 10, 1, STARTED + 310, Err(FailureCode::ReplayedRequest));
        check_admitted(&guard, STARTED + 10, 1, STARTED + 311, Err(FailureCode::StaleRequest));
        check_admitted(&guard, STARTED + 10, 2, STARTED + 10, Ok(()));
    }

    #[test]
    fn a_request_from_before_the_start_or_outside_the_window_is_stale() {
        let guard = ReplayGuard::new(STARTED);
        check_admitted(&guard, STARTED - 1, 1, STARTED + 1, Err(FailureCode::StaleRequest));
        check_admitted(&guard, STARTED + 400, 1, STARTED + 1, Err(FailureCode::StaleRequest));
        check_admitted(&guard, 0, 1, STARTED + 1, Err(FailureCode::StaleRequest));
        check_admitted(&guard, STARTED, 1, STARTED, Ok(()));
    }
}
