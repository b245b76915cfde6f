//! What a segment is to a lane, and what a set of segments sums up to.

use arumbae_mergelog::{ChainVerdict, ClockQuality, Digest, LaneCursor, SealedSegment, SegmentHash};

use crate::samples::*;

fn seal(first_seq: u64, count: u64, prev: SegmentHash, value: &str) -> SealedSegment {
    let saves: Vec<_> =
        (first_seq..first_seq + count).map(|seq| save(seq, seq, vec![set(TITLE, value, &[])])).collect();
    SealedSegment::seal(&lane(1), prev, &saves, ClockQuality::default(), &key(1)).expect("sealable")
}

#[track_caller]
fn check_verdict(cursor: LaneCursor, segment: &SealedSegment, stored: Option<&SealedSegment>, expected: ChainVerdict) {
    assert_eq!(cursor.judge(segment.header(), segment.hash(), stored.map(SealedSegment::hash)), expected);
}

#[test]
fn a_lane_continues_repeats_jumps_or_forks() {
    let first = seal(1, 3, SegmentHash::GENESIS, "a");
    let second = seal(4, 2, first.hash(), "b");
    let start = LaneCursor::default();
    check_verdict(start, &first, None, ChainVerdict::Next);
    check_verdict(start, &second, None, ChainVerdict::Gap { missing_from: 1, missing_to: 3 });

    let one = start.after(first.header(), first.hash());
    assert_eq!(one, LaneCursor { next_seq: 4, head_hash: first.hash() });
    check_verdict(one, &second, None, ChainVerdict::Next);
    check_verdict(one, &first, Some(&first), ChainVerdict::Replay);
    check_verdict(one, &first, None, ChainVerdict::Replay);

    let other = seal(1, 3, SegmentHash::GENESIS, "another past");
    check_verdict(one, &other, Some(&first), ChainVerdict::Fork { at_seq: 1 });
    let grafted = seal(4, 1, other.hash(), "on another past");
    check_verdict(one, &grafted, None, ChainVerdict::Fork { at_seq: 4 });
    let overlapping = seal(3, 4, first.hash(), "across the seam");
    check_verdict(one, &overlapping, None, ChainVerdict::Fork { at_seq: 3 });

    let two = one.after(second.header(), second.hash());
    check_verdict(two, &first, Some(&first), ChainVerdict::Replay);
    check_verdict(two, &other, Some(&first), ChainVerdict::Fork { at_seq: 1 });
}

#[test]
fn a_digest_tells_sets_apart_whatever_the_order() {
    let hashes: Vec<SegmentHash> = (0..50).map(|number| SegmentHash([number; 32])).collect();
    let forward: Digest = hashes.iter().collect();
    let backward: Digest = hashes.iter().rev().collect();
    assert_eq!(forward, backward);
    let mut fewer = forward;
    fewer.remove(&hashes[7]);
    assert_ne!(fewer, forward);
    assert_eq!(fewer, hashes.iter().filter(|hash| **hash != hashes[7]).collect());
    fewer.add(&hashes[7]);
    assert_eq!(fewer, forward);
    hashes.iter().for_each(|hash| fewer.remove(hash));
    assert_eq!(fewer, Digest::EMPTY);
    assert_eq!(Digest::from_bytes(*forward.as_bytes()), forward);
}
