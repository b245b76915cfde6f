use arumbae_mergelog::snapshot::SnapshotHead;
use arumbae_protocol::SnapshotNote;
use arumbae_server::storage::{NewSnapshot, Storage};
use ed25519_dalek::SigningKey;

use super::{Backend, HERE, THERE, grow, on_every_backend};
use crate::device::{Device, cursor};

on_every_backend!(
    a_snapshot_is_read_in_any_pieces,
    the_newest_two_of_a_scope_are_kept_with_their_pages,
    a_snapshot_kept_again_changes_nothing,
    growth_is_counted_from_the_newest_snapshot,
    a_reader_learns_what_a_snapshot_would_spare_it,
);

/// A snapshot at a number, with pages that are each three bytes of one value.
fn snapshot(scope: &str, gsn: u64, pages: &[u8]) -> NewSnapshot {
    let head = SnapshotHead { gsn, ..SnapshotHead::empty(scope.parse().expect("a scope")) };
    let note = SnapshotNote::sign(&head, gsn, &SigningKey::from_bytes(&[1; 32]));
    let mut parts = vec![note.hash.0];
    parts.extend(pages.iter().map(|page| [*page; 32]));
    let mut fresh = vec![(note.hash.0, vec![0, 0])];
    fresh.extend(pages.iter().map(|page| ([*page; 32], vec![*page; 3])));
    NewSnapshot { note, parts, fresh }
}

async fn keep(storage: &dyn Storage, snapshot: &NewSnapshot) {
    storage.keep_snapshot(snapshot.clone()).await.expect("kept");
}

async fn a_snapshot_is_read_in_any_pieces(backend: &Backend) {
    let storage = backend.open().await;
    let new = snapshot(HERE, 5, &[7, 8]);
    keep(&*storage, &new).await;
    let whole = [0, 0, 7, 7, 7, 8, 8, 8];
    let found = storage.find_snapshot(new.note.hash).await.expect("found").expect("kept");
    assert_eq!((found.byte_length, &found.note), (8, &new.note));
    for first in 0..=8 {
        for length in 0..=9 {
            let bytes = storage.snapshot_bytes(new.note.hash, first as u64, length as u64).await.expect("bytes");
            assert_eq!(bytes, whole[first..(first + length).min(8)], "{length} bytes from {first}");
        }
    }
    assert_eq!(storage.snapshot_bytes(new.note.hash, 8, u64::MAX).await.expect("bytes"), [0_u8; 0]);
    assert_eq!(storage.snapshot_part([7; 32]).await.expect("a part"), Some(vec![7; 3]));
    assert_eq!(storage.snapshot_part([9; 32]).await.expect("no part"), None);
    let other = snapshot(HERE, 6, &[]);
    assert_eq!(storage.find_snapshot(other.note.hash).await.expect("not found"), None);
}

async fn the_newest_two_of_a_scope_are_kept_with_their_pages(backend: &Backend) {
    let storage = backend.open().await;
    let made = [snapshot(HERE, 1, &[1, 2, 9]), snapshot(HERE, 2, &[2, 3]), snapshot(HERE, 3, &[3])];
    keep(&*storage, &snapshot(THERE, 1, &[9])).await;
    for new in &made {
        keep(&*storage, new).await;
    }
    let mut kept = Vec::new();
    for new in &made {
        kept.push(storage.find_snapshot(new.note.hash).await.expect("an answer").is_some());
    }
    assert_eq!(kept, [false, true, true]);
    let mut pages = Vec::new();
    for page in [1, 2, 3, 9] {
        pages.push(storage.snapshot_part([page; 32]).await.expect("an answer").is_some());
    }
    assert_eq!(pages, [false, true, true, true], "what nobody names goes, what another one names stays");
}

async fn a_snapshot_kept_again_changes_nothing(backend: &Backend) {
    let storage = backend.open().await;
    let new = snapshot(HERE, 1, &[1]);
    for _ in 0..2 {
        keep(&*storage, &new).await;
        assert_eq!(storage.snapshot_bytes(new.note.hash, 0, 99).await.expect("bytes"), [0, 0, 1, 1, 1]);
    }
}

async fn growth_is_counted_from_the_newest_snapshot(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    grow(&*storage, &device, &mut device.lane(HERE), 3).await;
    let here = || HERE.parse().expect("a scope");
    let before = storage.growth_since_snapshot(here()).await.expect("growth");
    assert_eq!((before.newest, before.segments), (None, 3));
    let new = snapshot(HERE, 2, &[]);
    keep(&*storage, &new).await;
    let after = storage.growth_since_snapshot(here()).await.expect("growth");
    assert_eq!((after.newest.map(|kept| kept.note), after.segments), (Some(new.note), 1));
    let log = storage.log_after(cursor(HERE, 2), u64::MAX).await.expect("the log");
    assert_eq!(after.bytes, log[0].bytes.len() as u64);
    assert!(before.bytes > after.bytes, "the bytes are those since then");
}

async fn a_reader_learns_what_a_snapshot_would_spare_it(backend: &Backend) {
    let storage = backend.open().await;
    let (device, other) = (Device::new(1), Device::new(2));
    grow(&*storage, &device, &mut device.lane(HERE), 2).await;
    grow(&*storage, &other, &mut other.lane(HERE), 1).await;
    keep(&*storage, &snapshot(HERE, 1, &[])).await;
    let newest = snapshot(HERE, 3, &[]);
    keep(&*storage, &newest).await;
    let log = storage.log_after(cursor(HERE, 0), u64::MAX).await.expect("the log");
    let bytes: Vec<u64> = log.iter().map(|logged| logged.bytes.len() as u64).collect();
    let stranger = arumbae_mergelog::DeviceKey([9; 32]);
    for (at, reader, spared) in [
        (0, stranger, bytes[0] + bytes[1] + bytes[2]),
        (2, stranger, bytes[2]),
        (3, stranger, 0),
        (u64::MAX, stranger, 0),
        (0, device.device_key(), bytes[2]),
    ] {
        let cursors = vec![cursor(THERE, 0), cursor(HERE, at)];
        let found = storage.newest_snapshots(cursors, (reader, 1)).await.expect("snapshots");
        let found: Vec<_> = found.iter().map(|newest| (&newest.snapshot.note, newest.spared_bytes)).collect();
        assert_eq!(found, [(&newest.note, spared)], "at {at}");
    }
}
