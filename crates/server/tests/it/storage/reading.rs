use std::collections::BTreeSet;

use arumbae_mergelog::DeviceKey;
use arumbae_mergelog::compression::compress;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_protocol::repair::{self, NumberRange, RangeAnswer};
use arumbae_server::storage::{BaseWanted, Storage};

use super::{Backend, HERE, THERE, grow, on_every_backend, store};
use crate::device::{Device, cursor};

on_every_backend!(
    a_region_holds_what_lies_in_it_and_nothing_else,
    a_reader_gets_what_it_lacks_of_every_scope,
    a_credit_ends_a_pull_but_gives_one_segment,
    own_segments_are_passed_over_unless_of_another_incarnation,
    a_long_log_is_read_to_its_end,
    the_log_is_read_on_in_steps,
    few_numbers_are_told_by_their_hashes,
    many_numbers_are_told_by_digests_that_add_up,
    numbered_segments_come_in_order_up_to_the_credit,
    bases_are_those_that_hold_saves_and_the_latest,
);

const STRANGER: (DeviceKey, u64) = (DeviceKey([9; 32]), 1);

async fn places(storage: &dyn Storage, cursors: &[(&str, u64)], reader: (DeviceKey, u64)) -> Vec<(String, u64)> {
    let cursors = cursors.iter().map(|(scope, gsn)| cursor(scope, *gsn)).collect();
    let pulled = storage.segments_after(cursors, reader, u64::MAX).await.expect("segments");
    pulled.segments.into_iter().map(|segment| (segment.scope.to_string(), segment.gsn)).collect()
}

async fn a_region_holds_what_lies_in_it_and_nothing_else(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let scopes = ["81", "81.71", "81.71.01", "81.71.01/terbatas", "81.71/terbatas", "81.72", "82", "82.71.01"];
    for scope in scopes {
        grow(&*storage, &device, &mut device.lane(scope), 1).await;
    }
    let named = |heads: Vec<arumbae_server::storage::ScopeHead>| -> Vec<String> {
        heads.into_iter().map(|head| head.scope.to_string()).collect()
    };
    let all = named(storage.scope_heads().await.expect("heads"));
    assert_eq!(all, scopes, "in the order of their names");
    for (regions, expected) in [
        (vec!["81.71"], &["81.71", "81.71.01", "81.71.01/terbatas", "81.71/terbatas"][..]),
        (vec!["81.71.01"], &["81.71.01", "81.71.01/terbatas"]),
        (vec!["81.72", "82"], &["81.72", "82", "82.71.01"]),
        (vec!["83"], &[]),
        (vec![], &[]),
    ] {
        let regions = regions.iter().map(|region| region.parse().expect("a region")).collect();
        assert_eq!(named(storage.scope_heads_in(regions).await.expect("heads")), expected);
    }
}

async fn a_reader_gets_what_it_lacks_of_every_scope(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    grow(&*storage, &device, &mut device.lane(HERE), 2).await;
    grow(&*storage, &device, &mut device.lane(THERE), 2).await;
    let everything = vec![cursor(HERE, 0), cursor("81.71.03", 0), cursor(THERE, 1)];
    let pulled = storage.segments_after(everything, STRANGER, u64::MAX).await.expect("segments");
    let found: Vec<_> = pulled.segments.iter().map(|segment| (segment.scope.to_string(), segment.gsn)).collect();
    assert_eq!(found, [(HERE.to_owned(), 1), (HERE.to_owned(), 2), (THERE.to_owned(), 2)]);
    assert_eq!(pulled.cursors, [cursor(HERE, 2), cursor("81.71.03", 0), cursor(THERE, 2)]);
    assert!(!pulled.more);
    let beyond = vec![cursor(HERE, u64::MAX)];
    let nothing = storage.segments_after(beyond.clone(), STRANGER, u64::MAX).await.expect("segments");
    assert_eq!((nothing.segments.len(), nothing.cursors), (0, beyond));
}

async fn a_credit_ends_a_pull_but_gives_one_segment(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let segments = grow(&*storage, &device, &mut device.lane(HERE), 3).await;
    grow(&*storage, &device, &mut device.lane(THERE), 1).await;
    let everything = || vec![cursor(HERE, 0), cursor(THERE, 0)];
    let little = storage.segments_after(everything(), STRANGER, 0).await.expect("segments");
    assert_eq!((little.segments.len(), little.more), (1, true));
    assert_eq!(little.cursors, [cursor(HERE, 1), cursor(THERE, 0)]);
    let two: u64 = segments[..2].iter().map(|segment| compress(segment.bytes()).len() as u64).sum();
    let pulled = storage.segments_after(everything(), STRANGER, two).await.expect("segments");
    assert_eq!((pulled.segments.len(), pulled.more), (2, true));
}

async fn own_segments_are_passed_over_unless_of_another_incarnation(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    grow(&*storage, &device, &mut device.lane(HERE), 2).await;
    let author = device.device_key();
    let own = storage.segments_after(vec![cursor(HERE, 0)], (author, 1), 0).await.expect("segments");
    assert_eq!((own.segments.len(), own.cursors, own.more), (0, vec![cursor(HERE, 2)], false));
    assert_eq!(
        places(&*storage, &[(HERE, 0)], (author, 2)).await.len(),
        2,
        "after a restore its earlier work comes back"
    );
}

async fn a_long_log_is_read_to_its_end(backend: &Backend) {
    let storage = backend.open().await;
    let (device, other) = (Device::new(1), Device::new(2));
    let (mut end, mut others) = (device.lane(HERE), other.lane(HERE));
    for _ in 0..2 {
        grow(&*storage, &device, &mut end, 100).await;
        grow(&*storage, &other, &mut others, 1).await;
    }
    let numbers: Vec<u64> = places(&*storage, &[(HERE, 0)], STRANGER).await.into_iter().map(|(_, gsn)| gsn).collect();
    assert_eq!(numbers, (1..=202).collect::<Vec<_>>());
    let others_only = places(&*storage, &[(HERE, 0)], (device.device_key(), 1)).await;
    assert_eq!(others_only, [(HERE.to_owned(), 101), (HERE.to_owned(), 202)]);
}

async fn the_log_is_read_on_in_steps(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let segments = grow(&*storage, &device, &mut device.lane(HERE), 70).await;
    let all = storage.log_after(cursor(HERE, 0), u64::MAX).await.expect("the log");
    assert_eq!(all.len(), 70);
    for (logged, (gsn, segment)) in all.iter().zip((1..).zip(&segments)) {
        assert_eq!((logged.gsn, logged.received_ms), (gsn, 100));
        assert_eq!(logged.bytes, compress(segment.bytes()), "byte for byte");
    }
    let step = storage.log_after(cursor(HERE, 68), 1).await.expect("the log");
    assert_eq!(step.iter().map(|logged| logged.gsn).collect::<Vec<_>>(), [69], "at least one");
    assert_eq!(storage.log_after(cursor(HERE, 70), u64::MAX).await.expect("the log"), []);
    assert_eq!(storage.log_after(cursor(THERE, 0), u64::MAX).await.expect("the log"), []);
}

async fn few_numbers_are_told_by_their_hashes(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let segments = grow(&*storage, &device, &mut device.lane(HERE), 3).await;
    let here = HERE.parse().expect("a scope");
    let ranges = vec![NumberRange { after: 1, up_to: 3 }, NumberRange { after: 2, up_to: 9 }];
    let (head, answers) = storage.describe_ranges(here, ranges).await.expect("answers");
    let hashes = |segments: &[SealedSegment]| {
        RangeAnswer::Hashes(segments.iter().map(|segment| serde_bytes::ByteArray::new(segment.hash().0)).collect())
    };
    assert_eq!((head, answers), (3, vec![hashes(&segments[1..]), hashes(&segments[2..])]));
    let nothing = storage.describe_ranges(THERE.parse().expect("a scope"), vec![NumberRange { after: 0, up_to: 5 }]);
    assert_eq!(nothing.await.expect("answers"), (0, vec![hashes(&[])]));
}

async fn many_numbers_are_told_by_digests_that_add_up(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let hashes: Vec<SegmentHash> =
        grow(&*storage, &device, &mut device.lane(HERE), 200).await.iter().map(SealedSegment::hash).collect();
    let digest_up_to = |gsn: u64| Ok::<_, ()>(hashes[..(gsn as usize).min(200)].iter().collect());
    let listed =
        |range: NumberRange| Ok(hashes[(range.after as usize).min(200)..(range.up_to as usize).min(200)].to_vec());
    let ranges = [(0, 200), (3, 300), (190, 200), (150, 199), (400, 900)];
    let ranges = ranges.map(|(after, up_to)| NumberRange { after, up_to }).to_vec();
    let expected: Vec<RangeAnswer> =
        ranges.iter().map(|range| repair::answer(*range, digest_up_to, listed).expect("an answer")).collect();
    assert!(matches!(expected[0], RangeAnswer::Parts(_)), "long enough to be told in parts");
    let described = storage.describe_ranges(HERE.parse().expect("a scope"), ranges).await.expect("answers");
    assert_eq!(described, (200, expected));
}

async fn numbered_segments_come_in_order_up_to_the_credit(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    grow(&*storage, &device, &mut device.lane(HERE), 80).await;
    let here = || HERE.parse().expect("a scope");
    let numbers = async |wanted: Vec<u64>, credit: u64| -> Vec<u64> {
        let segments = storage.numbered_segments(here(), wanted, credit).await.expect("segments");
        segments.into_iter().map(|segment| segment.gsn).collect()
    };
    assert_eq!(numbers(vec![3, 1, 99, u64::MAX, 2], u64::MAX).await, [1, 2, 3]);
    assert_eq!(numbers((1..=80).rev().collect(), u64::MAX).await, (1..=80).collect::<Vec<_>>());
    assert_eq!(numbers(vec![7, 5], 0).await, [5], "at least one");
    assert_eq!(numbers(vec![], u64::MAX).await, Vec::<u64>::new());
}

async fn bases_are_those_that_hold_saves_and_the_latest(backend: &Backend) {
    let storage = backend.open().await;
    let (device, other) = (Device::new(1), Device::new(2));
    let (mut end, mut others) = (device.lane(HERE), other.lane(HERE));
    // Numbers 1 to 4: saves 1–3 and 4–5 of one lane, then twice one save of another.
    store(&*storage, &[&device.seal(&mut end, 3), &device.seal(&mut end, 2)]).await;
    let latest = grow(&*storage, &other, &mut others, 2).await;
    let lane = end.lane.id();
    let bases = async |range: (u64, u64), holding: &[u64], latest_bytes: u64| -> Vec<u64> {
        let wanted = BaseWanted {
            range: NumberRange { after: range.0, up_to: range.1 },
            holding: holding.iter().map(|seq| (lane, *seq)).collect::<BTreeSet<_>>(),
            latest_bytes,
        };
        let bases = storage.base_segments(HERE.parse().expect("a scope"), wanted).await.expect("bases");
        bases.into_iter().map(|base| base.gsn).collect()
    };
    assert_eq!(bases((0, u64::MAX), &[2, 5], 0).await, [1, 2]);
    assert_eq!(bases((1, u64::MAX), &[2, 5], 0).await, [2], "only in the range");
    assert_eq!(bases((0, 1), &[1, 2, 3, 4], u64::MAX).await, [1]);
    let one = compress(latest[1].bytes()).len() as u64;
    assert_eq!(bases((0, u64::MAX), &[], one).await, [4]);
    assert_eq!(bases((0, u64::MAX), &[3], u64::MAX).await, [1, 2, 3, 4]);
}
