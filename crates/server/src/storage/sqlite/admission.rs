//! Which signed requests counted, in memory: a commit for each would cost more than the request.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::{Freshness, SignedBy, WINDOW_SECONDS};

use crate::storage::Admission;

/// Remembers the nonces of the time in which a request could still be taken for a fresh one.
#[derive(Debug, Default)]
pub(super) struct AdmittedRequests(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    since: Option<u64>,
    seen: BTreeSet<(u64, DeviceKey, [u8; 16])>,
}

impl AdmittedRequests {
    pub(super) fn begin(&self, now: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).since.get_or_insert(now);
    }

    pub(super) fn admit(&self, request: SignedBy, now: u64) -> Admission {
        let SignedBy { device, freshness: Freshness { created, nonce } } = request;
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if created < *memory.since.get_or_insert(now) {
            return Admission::Forgotten;
        }
        let oldest = (now.saturating_sub(WINDOW_SECONDS), DeviceKey([0; 32]), [0; 16]);
        memory.seen = memory.seen.split_off(&oldest);
        if memory.seen.insert((created, device, nonce)) { Admission::First } else { Admission::Again }
    }
}
