//! Several at once on one database.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::SegmentHash;
use arumbae_server::storage::{SoleWork, StoredSegment};

use super::{Backend, HERE, THERE, on_every_backend, store};
use crate::device::{Device, cursor};

on_every_backend!(writers_at_once_leave_no_gap, readers_see_numbers_in_their_order, sole_work_is_done_by_one_at_a_time);

async fn writers_at_once_leave_no_gap(backend: &Backend) {
    let mut writing = Vec::new();
    for seed in 1..=8 {
        let storage = backend.open().await;
        writing.push(tokio::spawn(async move {
            let device = Device::new(seed);
            let (mut here, mut there) = (device.lane(HERE), device.lane(THERE));
            let mut stored: Vec<StoredSegment> = Vec::new();
            for _ in 0..10 {
                // Half of them name the scopes in the other order.
                let (mut one, mut other) = (device.seal(&mut here, 1), device.seal(&mut there, 1));
                if seed % 2 == 0 {
                    std::mem::swap(&mut one, &mut other);
                }
                stored.extend(store(&*storage, &[&one, &other]).await);
            }
            stored
        }));
    }
    let mut stored = Vec::new();
    for writer in writing {
        stored.extend(writer.await.expect("no panic"));
    }
    let storage = backend.open().await;
    for scope in [HERE, THERE] {
        let of_scope = || stored.iter().filter(|stored| stored.lane.scope.to_string() == scope);
        let numbers: BTreeSet<u64> = of_scope().map(|stored| stored.gsn).collect();
        assert_eq!(numbers, (1..=80).collect(), "each number once, none missing");
        let digest: Digest = of_scope().map(|stored| stored.hash).collect::<Vec<SegmentHash>>().iter().collect();
        assert_eq!(storage.digests_at(vec![cursor(scope, 80)]).await.expect("digests"), [Some(digest)]);
    }
}

async fn readers_see_numbers_in_their_order(backend: &Backend) {
    let mut writing = Vec::new();
    for seed in 1..=4 {
        let storage = backend.open().await;
        writing.push(tokio::spawn(async move {
            let device = Device::new(seed);
            let mut end = device.lane(HERE);
            for _ in 0..15 {
                store(&*storage, &[&device.seal(&mut end, 1)]).await;
            }
        }));
    }
    let storage = backend.open().await;
    let stranger = (arumbae_mergelog::DeviceKey([99; 32]), 1);
    let mut seen = 0;
    while seen < 60 {
        let pulled = storage.segments_after(vec![cursor(HERE, seen)], stranger, u64::MAX).await.expect("segments");
        for segment in pulled.segments {
            assert_eq!(segment.gsn, seen + 1, "what comes later has a later number");
            seen = segment.gsn;
        }
    }
    for writer in writing {
        writer.await.expect("no panic");
    }
}

async fn sole_work_is_done_by_one_at_a_time(backend: &Backend) {
    let storage = backend.open().await;
    let at_work = Arc::new(AtomicU32::new(0));
    let mut working = Vec::new();
    for _ in 0..6 {
        // One server on a file, several on a database.
        let storage = if matches!(backend, Backend::Postgres(_)) { backend.open().await } else { storage.clone() };
        let at_work = at_work.clone();
        working.push(tokio::spawn(async move {
            let work = SoleWork::Snapshot(HERE.parse().expect("a scope"));
            let alone = storage.begin_sole_work(work).await.expect("begun");
            assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0, "somebody else is at it");
            for _ in 0..20 {
                storage.scope_heads().await.expect("heads");
            }
            at_work.fetch_sub(1, Ordering::SeqCst);
            drop(alone);
        }));
    }
    for worker in working {
        worker.await.expect("no panic");
    }
}
