use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::{Freshness, SignedBy, WINDOW_SECONDS};
use arumbae_server::storage::{Admission, Storage};

use super::{Backend, on_every_backend};

on_every_backend!(
    a_request_counts_once,
    a_request_from_before_the_memory_may_have_counted,
    what_is_too_old_to_be_fresh_is_forgotten_and_nothing_else,
);

pub const BEGUN: u64 = 1_700_000_000;

pub async fn admit(storage: &dyn Storage, (device, created, nonce): (u8, u64, u8), now: u64) -> Admission {
    let freshness = Freshness { created, nonce: [nonce; 16] };
    storage.admit_request(SignedBy { device: DeviceKey([device; 32]), freshness }, now).await.expect("an answer")
}

async fn a_request_counts_once(backend: &Backend) {
    let storage = backend.open().await;
    storage.remember_requests(BEGUN).await.expect("begun");
    let at = BEGUN + 10;
    assert_eq!(admit(&*storage, (7, at, 1), at).await, Admission::First);
    assert_eq!(admit(&*storage, (7, at, 1), at + 1).await, Admission::Again);
    assert_eq!(admit(&*storage, (7, at, 2), at + 1).await, Admission::First, "another nonce");
    assert_eq!(admit(&*storage, (8, at, 1), at + 1).await, Admission::First, "another device");
    assert_eq!(admit(&*storage, (7, at + 1, 1), at + 1).await, Admission::First, "another time");
}

async fn a_request_from_before_the_memory_may_have_counted(backend: &Backend) {
    let storage = backend.open().await;
    storage.remember_requests(BEGUN).await.expect("begun");
    assert_eq!(admit(&*storage, (7, BEGUN - 1, 1), BEGUN + 1).await, Admission::Forgotten);
    assert_eq!(admit(&*storage, (7, BEGUN, 1), BEGUN + 1).await, Admission::First);
    storage.remember_requests(BEGUN + 5).await.expect("begun before");
    assert_eq!(admit(&*storage, (7, BEGUN + 1, 1), BEGUN + 5).await, Admission::First, "a memory begins once");
}

async fn what_is_too_old_to_be_fresh_is_forgotten_and_nothing_else(backend: &Backend) {
    let storage = backend.open().await;
    storage.remember_requests(BEGUN).await.expect("begun");
    let (early, late) = (BEGUN + 1, BEGUN + WINDOW_SECONDS);
    assert_eq!(admit(&*storage, (7, early, 1), early).await, Admission::First);
    assert_eq!(admit(&*storage, (7, late, 1), late).await, Admission::First);
    assert_eq!(admit(&*storage, (7, early, 1), early + WINDOW_SECONDS).await, Admission::Again, "still fresh");
    assert_eq!(admit(&*storage, (7, late, 1), late + WINDOW_SECONDS).await, Admission::Again, "still fresh");
}
