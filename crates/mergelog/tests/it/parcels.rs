//! Parcels: the very segments come out, whatever they were squeezed against, and nothing else gets through.

use std::collections::BTreeSet;

use arumbae_domain::schema::RecordKind;
use arumbae_mergelog::parcel::{Base, Packing, ParcelError, Unpacked, divide, unpack};
use arumbae_mergelog::{ClockQuality, LaneId, OpId, Save, SealedSegment, SegmentHash, limits};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::samples::*;

fn seal(number: u8, prev: SegmentHash, saves: &[Save]) -> SealedSegment {
    SealedSegment::seal(&lane(number), prev, saves, ClockQuality::default(), &key(number)).expect("sealable")
}

/// A lane of so many segments of one edit each.
fn chain(number: u8, count: u64) -> Vec<SealedSegment> {
    let mut head = SegmentHash::GENESIS;
    (1..=count)
        .map(|seq| {
            let title = format!("Pembagian sembako {number}, catatan {seq}");
            let first = (seq == 1).then(|| create(RecordKind::Finding));
            let ops = first.into_iter().chain([set(TITLE, &title, &[])]).collect();
            let segment = seal(number, head, &[save(seq, seq * 60_000, ops)]);
            head = segment.hash();
            segment
        })
        .collect()
}

fn base_of(segments: &[SealedSegment]) -> Base {
    let mut base = Base::default();
    segments.iter().for_each(|segment| assert!(base.push(segment), "there is room"));
    base
}

/// The first parcel of the segments, and how many of them are in it.
fn pack(segments: &[SealedSegment], base: &Base) -> (Vec<u8>, usize) {
    let packing = divide(segments.to_vec()).into_iter().next().unwrap_or_default();
    let count = packing.segments().len();
    (packing.pack(base), count)
}

fn named_by(segments: &[SealedSegment]) -> BTreeSet<(LaneId, u64)> {
    divide(segments.to_vec()).iter().flat_map(Packing::named).collect()
}

fn segments_of(unpacked: Vec<Unpacked>) -> Vec<SealedSegment> {
    unpacked.into_iter().map(Unpacked::into_segment).collect()
}

#[track_caller]
fn check_travels(segments: &[SealedSegment], base: &Base) -> usize {
    let (bytes, count) = pack(segments, base);
    assert_eq!(count, segments.len(), "all fit");
    let unpacked = unpack(&bytes, base).expect("its own bytes");
    for (arrived, sent) in unpacked.clone().into_iter().zip(segments) {
        assert_eq!(arrived.open().1, sent.open(), "what a segment says, told or decoded");
    }
    assert_eq!(segments_of(unpacked), segments);
    bytes.len()
}

#[test]
fn segments_of_several_lanes_arrive_as_they_were_sealed() {
    let (first, second) = (chain(1, 3), chain(2, 2));
    let mixed = [&first[0], &second[0], &first[1], &first[2], &second[1]].map(SealedSegment::clone);
    check_travels(&mixed, &Base::default());
    check_travels(&first[1..], &Base::default());
    check_travels(&[], &Base::default());
}

#[test]
fn a_base_makes_what_continues_it_small() {
    let lane = chain(1, 9);
    let alone = check_travels(&lane[8..], &Base::default());
    let continued = check_travels(&lane[8..], &base_of(&lane[..8]));
    assert!(continued + 60 < alone, "lane and chain need not be told: {continued} B against {alone} B");
}

#[test]
fn what_is_changed_or_continued_makes_the_base() {
    let own = |seq| OpId { lane: lane(1).id(), seq, index: 0 };
    let ops = vec![set(TITLE, "a", &[op_id(2, 7), own(4)]), set(PLACE, "b", &[own(2)])];
    let segment = seal(1, SegmentHash([3; 32]), &[save(4, 0, ops.clone()), save(5, 0, ops)]);
    let expected = BTreeSet::from([(own(2).lane, 2), (own(3).lane, 3), (op_id(2, 7).lane, 7)]);
    assert_eq!(named_by(&[segment]), expected);
    assert_eq!(named_by(&chain(1, 3)), BTreeSet::new());
}

#[test]
fn another_base_is_told_from_damage() {
    let lane = chain(1, 4);
    let base = base_of(&lane[..3]);
    let (mut bytes, _) = pack(&lane[3..], &base);
    for other in [Base::default(), base_of(&lane[..2]), base_of(&[lane[1].clone(), lane[0].clone()])] {
        assert_eq!(unpack(&bytes, &other), Err(ParcelError::OtherBase));
    }
    bytes[0] = 2;
    assert_eq!(unpack(&bytes, &base), Err(ParcelError::NewerFormat));
}

#[test]
fn what_cannot_be_told_travels_whole() {
    let lane = chain(1, 3);
    let erased = lane[1].erase(&[2]).expect("erasable");
    let mut later = lane[2].bytes().to_vec();
    (later[4], later[6]) = (9, 9);
    let later = SealedSegment::from_bytes(later).expect("the header keeps its layout");
    let segments = [lane[0].clone(), erased, later];
    let (bytes, count) = pack(&segments, &Base::default());
    assert_eq!(count, 3);
    assert_eq!(segments_of(unpack(&bytes, &Base::default()).expect("its own bytes")), segments);
}

#[test]
fn more_than_a_parcel_may_hold_goes_into_the_next() {
    let half = "x".repeat(limits::SAVE_BYTES - 1000);
    let heavy: Vec<SealedSegment> = (1..=3)
        .map(|number| seal(number, SegmentHash::GENESIS, &[save(1, 0, vec![set(SUMMARY, &half, &[])])]))
        .collect();
    let counts: Vec<usize> = divide(heavy.clone()).iter().map(|packing| packing.segments().len()).collect();
    assert_eq!(counts, [2, 1]);
    let (bytes, _) = pack(&heavy, &Base::default());
    assert_eq!(segments_of(unpack(&bytes, &Base::default()).expect("its own bytes")), heavy[..2]);
    check_travels(&heavy[2..], &Base::default());
}

#[test]
fn a_base_has_an_end() {
    let half = "x".repeat(limits::SAVE_BYTES - 1000);
    let heavy = seal(1, SegmentHash::GENESIS, &[save(1, 0, vec![set(SUMMARY, &half, &[])])]);
    let mut base = Base::default();
    let pushed = (0..10).take_while(|_| base.push(&heavy)).count();
    assert_eq!(pushed, limits::BASE_BYTES / limits::SAVE_BYTES);
    assert!(base.len() <= limits::BASE_BYTES);
}

proptest! {
    #[test]
    fn any_segments_arrive_as_they_were_sealed(runs in vec((1u8..4, runs_of_saves()), 0..6), known in 0usize..6) {
        let segments: Vec<SealedSegment> =
            runs.iter().map(|(number, saves)| seal(*number, SegmentHash([3; 32]), saves)).collect();
        let (held, sent) = segments.split_at(known.min(segments.len()));
        let base = base_of(held);
        let (bytes, count) = pack(sent, &base);
        prop_assert_eq!(count, sent.len());
        let unpacked = unpack(&bytes, &base).expect("its own bytes");
        for (arrived, (_, saves)) in unpacked.clone().into_iter().zip(&runs[held.len()..]) {
            let (_, opened) = arrived.open();
            prop_assert_eq!(opened.as_ref(), Ok(saves));
        }
        prop_assert_eq!(&segments_of(unpacked), sent);
    }

    /// Whatever is changed on the way, no segment comes out that its author did not sign.
    #[test]
    fn a_changed_bit_never_passes(run in runs_of_saves(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let sent = seal(1, SegmentHash([3; 32]), &run);
        let (mut bytes, _) = pack(std::slice::from_ref(&sent), &Base::default());
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        for arrived in unpack(&bytes, &Base::default()).unwrap_or_default() {
            let (segment, opened) = arrived.open();
            prop_assert!(segment == sent || opened.is_err());
        }
    }

    #[test]
    fn noise_never_panics(noise in vec(any::<u8>(), 0..300), signatures in 0u8..3) {
        let _ = unpack(&noise, &Base::default());
        let mut raw = vec![1, 0, signatures];
        raw.extend(std::iter::repeat_n(7, usize::from(signatures) * 64));
        raw.extend([0, 0]);
        raw.extend(noise);
        let _ = unpack(&raw, &Base::default());
    }
}
