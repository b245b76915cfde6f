use arumbae_mergelog::Lane;
use arumbae_mergelog::compression::compress;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_protocol::{LaneCutOff, NoticeCode};
use arumbae_server::storage::{PushOutcome, PushedSegment, ScopeHead, StorageError, StoredSegment};

use super::{Backend, HERE, THERE, entries, grow, on_every_backend, permitted, store, stored};
use crate::device::{Device, cursor};

on_every_backend!(
    segments_are_numbered_without_gaps,
    a_segment_sent_again_keeps_its_number_and_its_time,
    a_refusal_leaves_no_gap,
    a_segment_after_a_gap_waits_and_opens_no_scope,
    a_fork_freezes_its_lane_and_no_other,
    what_was_receipted_stays_receipted_after_a_revocation,
    a_lost_receipt_gives_the_time_back,
    nothing_is_judged_by_an_old_registry,
    digests_are_of_all_segments_up_to_a_number,
    lanes_end_where_their_last_save_is,
);

fn refused(segment: &SealedSegment, code: NoticeCode) -> PushedSegment {
    PushedSegment::Refused { segment: Some(segment.clone()), compressed: compress(segment.bytes()), code }
}

#[track_caller]
fn check_refused(outcomes: &[PushOutcome], segment: &SealedSegment, code: NoticeCode) {
    let header = segment.header();
    let expected = PushOutcome::Refused {
        lane: Some(header.lane.clone()),
        first_seq: header.first_seq,
        hash: segment.hash(),
        code,
    };
    assert_eq!(outcomes, [expected]);
}

async fn segments_are_numbered_without_gaps(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let (mut here, mut there) = (device.lane(HERE), device.lane(THERE));
    let (first, second, third) = (device.seal(&mut here, 2), device.seal(&mut there, 1), device.seal(&mut here, 1));
    let outcome = store(&*storage, &[&first, &second, &third]).await;
    let numbers: Vec<_> = outcome.iter().map(|stored| (stored.hash, stored.gsn, stored.count)).collect();
    assert_eq!(numbers, [(first.hash(), 1, 2), (second.hash(), 1, 1), (third.hash(), 2, 1)]);
    let head = |scope: &str, gsn| ScopeHead { scope: scope.parse().expect("a scope"), gsn };
    assert_eq!(storage.scope_heads().await.expect("heads"), [head(HERE, 2), head(THERE, 1)]);
}

async fn a_segment_sent_again_keeps_its_number_and_its_time(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let mut end = device.lane(HERE);
    let (first, second) = (device.seal(&mut end, 1), device.seal(&mut end, 1));
    let pushed = || vec![permitted(&first), permitted(&second)];
    let outcome = storage.receive_segments(pushed(), 0, 100).await.expect("stored");
    drop(storage);
    let again = backend.open().await.receive_segments(pushed(), 0, 200).await.expect("stored");
    assert_eq!(again, outcome, "also after the storage was opened anew");
}

async fn a_refusal_leaves_no_gap(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let mut end = device.lane(HERE);
    let (first, second) = (device.seal(&mut end, 1), device.seal(&mut end, 1));
    let unreadable = PushedSegment::Refused { segment: None, compressed: vec![1], code: NoticeCode::Unreadable };
    let mixed = vec![unreadable.clone(), permitted(&first), unreadable.clone(), permitted(&second)];
    let outcome = storage.receive_segments(mixed, 0, 300).await.expect("stored");
    let nothing = PushOutcome::Refused {
        lane: None::<Lane>,
        first_seq: 0,
        hash: SegmentHash([0; 32]),
        code: NoticeCode::Unreadable,
    };
    assert_eq!((&outcome[0], &outcome[2]), (&nothing, &nothing));
    let numbers = stored(vec![outcome[1].clone(), outcome[3].clone()]);
    assert_eq!((numbers[0].gsn, numbers[1].gsn), (1, 2));
    let again = storage.receive_segments(vec![unreadable], 0, 400).await.expect("stored");
    assert_eq!(again, [nothing], "the same thing sent again is kept once");
}

async fn a_segment_after_a_gap_waits_and_opens_no_scope(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let mut end = device.lane(HERE);
    let (first, second) = (device.seal(&mut end, 1), device.seal(&mut end, 1));
    let outcome = storage.receive_segments(vec![permitted(&second)], 0, 100).await.expect("an answer");
    check_refused(&outcome, &second, NoticeCode::Gap);
    assert_eq!(storage.scope_heads().await.expect("heads"), []);
    let outcome = store(&*storage, &[&first, &second]).await;
    assert_eq!(outcome.iter().map(|stored| stored.gsn).collect::<Vec<_>>(), [1, 2]);
}

async fn a_fork_freezes_its_lane_and_no_other(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let mut end = device.lane(HERE);
    let first = device.seal(&mut end, 1);
    let (mut one, mut other) = (end.clone(), end);
    let (kept, forked) = (device.seal(&mut one, 1), device.seal(&mut other, 2));
    store(&*storage, &[&first, &kept]).await;
    let outcome = storage.receive_segments(vec![permitted(&forked)], 0, 100).await.expect("an answer");
    check_refused(&outcome, &forked, NoticeCode::Fork);
    let next = device.seal(&mut one, 1);
    let outcome = storage.receive_segments(vec![permitted(&next)], 0, 100).await.expect("an answer");
    check_refused(&outcome, &next, NoticeCode::Fork);
    let again = store(&*storage, &[&first, &kept]).await;
    assert_eq!(again[1].gsn, 2, "what was receipted stays so");
    let restored = Device { incarnation: 2, ..Device::new(1) };
    let outcome = store(&*storage, &[&restored.seal(&mut restored.lane(HERE), 1)]).await;
    assert_eq!(outcome[0].gsn, 3, "a new incarnation writes on");
}

async fn what_was_receipted_stays_receipted_after_a_revocation(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let mut end = device.lane(HERE);
    let (before, after) = (device.seal(&mut end, 1), device.seal(&mut end, 1));
    let receipted = store(&*storage, &[&before]).await;
    let pushed = vec![refused(&before, NoticeCode::Revoked), refused(&after, NoticeCode::Revoked)];
    let outcome = storage.receive_segments(pushed, 0, 500).await.expect("an answer");
    assert_eq!(stored(outcome[..1].to_vec()), receipted);
    check_refused(&outcome[1..], &after, NoticeCode::Revoked);
}

async fn a_lost_receipt_gives_the_time_back(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let mut end = device.lane(HERE);
    let known = |segment: &SealedSegment, ms| PushedSegment::Permitted {
        segment: segment.clone(),
        compressed: compress(segment.bytes()),
        first_received_ms: Some(ms),
    };
    let (first, second) = (device.seal(&mut end, 1), device.seal(&mut end, 1));
    let outcome = storage.receive_segments(vec![known(&first, 40), known(&second, 900)], 0, 500).await;
    let times: Vec<u64> = stored(outcome.expect("stored")).iter().map(|stored| stored.received_ms).collect();
    assert_eq!(times, [40, 500], "earlier, never later");
}

async fn nothing_is_judged_by_an_old_registry(backend: &Backend) {
    let storage = backend.open().await;
    storage.append_registry(entries(1, 4)).await.expect("appended");
    let device = Device::new(2);
    let segment = device.seal(&mut device.lane(HERE), 1);
    let outcome = storage.receive_segments(vec![permitted(&segment)], 3, 400).await;
    assert!(matches!(outcome, Err(StorageError::RegistryMoved)));
    assert_eq!(storage.lane_heads_of(device.device_key()).await.expect("heads"), [], "and nothing was stored");
    let outcome = storage.receive_segments(vec![permitted(&segment)], 4, 400).await.expect("stored");
    assert!(matches!(&stored(outcome)[..], [StoredSegment { gsn: 1, .. }]));
}

async fn digests_are_of_all_segments_up_to_a_number(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let segments = grow(&*storage, &device, &mut device.lane(HERE), 2).await;
    let of =
        |count: usize| Some(segments[..count].iter().map(SealedSegment::hash).collect::<Vec<_>>().iter().collect());
    let asked = [
        (cursor(HERE, 2), of(2)),
        (cursor(THERE, 0), Some(Digest::EMPTY)),
        (cursor(HERE, 3), None),
        (cursor(HERE, 0), Some(Digest::EMPTY)),
        (cursor(THERE, 1), None),
        (cursor(HERE, u64::MAX), None),
        (cursor(HERE, 1), of(1)),
    ];
    let cursors = asked.iter().map(|(cursor, _)| cursor.clone()).collect();
    let digests: Vec<Option<Digest>> = asked.into_iter().map(|(_, digest)| digest).collect();
    assert_eq!(storage.digests_at(cursors).await.expect("digests"), digests);
    assert_eq!(storage.digests_at(Vec::new()).await.expect("no digests"), []);
}

async fn lanes_end_where_their_last_save_is(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let (mut here, mut there) = (device.lane(HERE), device.lane(THERE));
    store(&*storage, &[&device.seal(&mut here, 3), &device.seal(&mut there, 2)]).await;
    grow(&*storage, &Device::new(2), &mut Device::new(2).lane(HERE), 1).await;
    let mut expected = [(here, 3), (there, 2)].map(|(end, last_seq)| LaneCutOff { lane: end.lane.id(), last_seq });
    expected.sort_by_key(|head| head.lane);
    assert_eq!(storage.lane_heads_of(device.device_key()).await.expect("heads"), expected);
}
