//! Snapshots: the same segments are the same bytes, in however many steps they are added up.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::ClockQuality;
use arumbae_mergelog::snapshot::{Growth, Page, PageRef, SnapshotError, SnapshotHead, SnapshotRecord};
use arumbae_mergelog::{KindNo, LaneCursor, OpId, Operation, Save, SealedSegment, SegmentHeader, Stamp};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use crate::samples::*;

/// The lane whose author has no right to write.
const INTRUDER: u8 = 3;

/// A snapshot with the bytes of its pages.
#[derive(Clone, Debug, PartialEq)]
struct Snapshot {
    head: SnapshotHead,
    pages: BTreeMap<[u8; 32], Vec<u8>>,
}

impl Snapshot {
    fn empty() -> Self {
        Snapshot { head: SnapshotHead::empty(lane(1).scope), pages: BTreeMap::new() }
    }

    /// Grows by segments; how many pages had to be read and written.
    fn grow(&mut self, segments: &[SealedSegment]) -> (usize, usize) {
        let mut growth =
            Growth::of(self.head.clone(), 1, |header: &SegmentHeader, _: &[Save]| header.lane != lane(INTRUDER));
        for segment in segments {
            growth.take(growth.gsn() + 1, received_ms(growth.gsn() + 1), segment).expect("it continues the snapshot");
        }
        let needed = growth.needed_pages();
        let (mut read, mut written) = (BTreeSet::new(), BTreeMap::new());
        let get = |named: &PageRef| {
            read.insert(named.hash);
            assert!(needed.contains(named), "what it asks for, it said before");
            Page::from_bytes(self.pages[&named.hash].clone(), named)
        };
        let put = |named: &PageRef, page: &Page| {
            written.insert(named.hash, page.bytes().to_vec());
            Ok::<(), SnapshotError>(())
        };
        self.head = growth.finish(get, put).expect("small enough");
        let fresh = written.len();
        self.pages.extend(written);
        self.pages.retain(|hash, _| self.head.pages.iter().any(|page| page.hash == *hash));
        (read.len(), fresh)
    }

    fn records(&self) -> Vec<(RecordId, SnapshotRecord)> {
        let open = |named: &PageRef| Page::from_bytes(self.pages[&named.hash].clone(), named)?.records();
        self.head.pages.iter().flat_map(|named| open(named).expect("its own pages")).collect()
    }
}

/// The clock of the server that receives a segment a minute.
fn received_ms(gsn: u64) -> u64 {
    START_MS + gsn * 60_000
}

/// One save per segment, each in the lane it is given for, in the order the server had them.
fn sealed(saves: &[(u8, Vec<Operation>)]) -> Vec<SealedSegment> {
    let mut cursors: BTreeMap<u8, LaneCursor> = BTreeMap::new();
    let seal = |(number, ops): &(u8, Vec<Operation>)| {
        let cursor = cursors.entry(*number).or_default();
        let save = save(cursor.next_seq, cursor.next_seq * 1000, ops.clone());
        let segment =
            SealedSegment::seal(&lane(*number), cursor.head_hash, &[save], ClockQuality::default(), &key(*number))
                .expect("one save can be sealed");
        *cursor = cursor.after(segment.header(), segment.hash());
        segment
    };
    saves.iter().map(seal).collect()
}

/// Many records with random ids, so that there are several pages.
fn many(count: u64) -> Vec<(u8, Vec<Operation>)> {
    let create = |number: u64| {
        let bits = blake3::hash(&number.to_le_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&bits.as_bytes()[..16]);
        let record = RecordId(Uuid::from_bytes(id));
        let value = text(&format!("Peristiwa {number}"));
        [
            Operation::Create { record, kind: KindNo(1) },
            Operation::Set { record, field: TITLE, value, preds: Vec::new() },
        ]
    };
    (0..count / 10).map(|n| ((n % 2 + 1) as u8, (n * 10..n * 10 + 10).flat_map(create).collect())).collect()
}

/// Some records are made late, some never, and one author has no right to write.
fn histories() -> impl Strategy<Value = Vec<(u8, Vec<Operation>)>> {
    let makes = records().prop_map(|record| Operation::Create { record, kind: KindNo(1) });
    vec((1u8..4, vec(prop_oneof![2 => operations(records()), 1 => makes], 1..4)), 1..16)
}

/// The numbers of the segments that are to be carried whole, told by trying.
fn strangers(history: &[(u8, Vec<Operation>)]) -> Vec<u64> {
    let later = |op: &Operation| matches!(op, Operation::Unknown { .. });
    let mut added: Vec<(u64, &Vec<Operation>)> = (1..)
        .zip(history)
        .filter(|(_, (lane, ops))| *lane != INTRUDER && !ops.iter().any(later))
        .map(|(gsn, (_, ops))| (gsn, ops))
        .collect();
    loop {
        let made: Vec<RecordId> = added
            .iter()
            .flat_map(|(_, ops)| ops.iter())
            .filter(|op| matches!(op, Operation::Create { .. }))
            .map(Operation::record)
            .collect();
        let before = added.len();
        added.retain(|(_, ops)| ops.iter().all(|op| made.contains(&op.record())));
        if added.len() == before {
            break;
        }
    }
    (1..=history.len() as u64).filter(|gsn| !added.iter().any(|(added, _)| added == gsn)).collect()
}

proptest! {
    #[test]
    fn however_it_grows_it_is_the_same_snapshot(history in histories(), cuts in vec(0usize..16, 0..4)) {
        let segments = sealed(&history);
        let mut at_once = Snapshot::empty();
        at_once.grow(&segments);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(segments.len())).collect();
        cuts.sort_unstable();
        cuts.push(segments.len());
        let mut in_steps = Snapshot::empty();
        let mut from = 0;
        for to in cuts {
            in_steps.grow(&segments[from..to]);
            from = to;
        }
        prop_assert_eq!(&in_steps, &at_once);
        prop_assert_eq!(SnapshotHead::decode(&at_once.head.encode()), Ok(at_once.head.clone()));
        let hashes: Vec<_> = segments.iter().map(SealedSegment::hash).collect();
        prop_assert_eq!(at_once.head.digest, hashes.iter().collect::<Digest>());
    }

    #[test]
    fn it_holds_what_the_operations_add_up_to(history in histories()) {
        let segments = sealed(&history);
        let mut snapshot = Snapshot::empty();
        snapshot.grow(&segments);
        let carried: Vec<u64> = snapshot.head.carried.iter().map(|carried| carried.gsn).collect();
        prop_assert_eq!(&carried, &strangers(&history), "what cannot be added up goes along whole");
        let mut expected: BTreeMap<RecordId, SnapshotRecord> = BTreeMap::new();
        for (segment, gsn) in segments.iter().zip(1..).filter(|(_, gsn)| !carried.contains(gsn)) {
            let lane = segment.header().lane.id();
            for save in segment.open().expect("signed") {
                let stamp = Stamp { hlc: save.hlc, received_ms: Some(received_ms(gsn)), actor: save.actor };
                for (index, op) in (0..).zip(&save.ops) {
                    let record = expected.entry(op.record()).or_default();
                    record.state.apply(OpId { lane, seq: save.seq, index }, stamp, op);
                    record.saves.insert((lane, save.seq), stamp.order().millis());
                }
            }
        }
        prop_assert_eq!(snapshot.records(), expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), bit in 0..8) {
        let _ = SnapshotHead::decode(&bytes);
        let named = PageRef { last: record(1), length: bytes.len() as u32, hash: *blake3::hash(&bytes).as_bytes() };
        let _ = Page::from_bytes(bytes, &named).expect("named so").records();
        let mut snapshot = Snapshot::empty();
        snapshot.grow(&sealed(&many(40)));
        let mut head = snapshot.head.encode();
        let flipped = at.index(head.len());
        head[flipped] ^= 1u8 << bit;
        let _ = SnapshotHead::decode(&head);
        let mut page = snapshot.pages.into_values().next().expect("a page");
        let flipped = at.index(page.len());
        page[flipped] ^= 1u8 << bit;
        let named = PageRef { last: record(1), length: page.len() as u32, hash: *blake3::hash(&page).as_bytes() };
        let _ = Page::from_bytes(page, &named).expect("named so").records();
    }
}

#[test]
fn a_head_cut_short_is_refused() {
    let mut snapshot = Snapshot::empty();
    snapshot.grow(&sealed(&many(40)));
    let head = snapshot.head.encode();
    for length in 0..head.len() {
        assert!(SnapshotHead::decode(&head[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn pages_without_a_changed_record_stay_as_they_are() {
    let mut history = many(2000);
    let mut snapshot = Snapshot::empty();
    snapshot.grow(&sealed(&history));
    let pages = snapshot.head.pages.len();
    assert!(pages > 8, "several pages: {pages}");
    let records = snapshot.records().len();

    let edited = history[7].1[1].clone();
    history.push((2, vec![edited]));
    let segments = sealed(&history);
    let (read, written) = snapshot.grow(&segments[segments.len() - 1..]);
    assert_eq!((read, written), (1, 1), "one record, one page");
    assert_eq!(snapshot.records().len(), records);

    let mut at_once = Snapshot::empty();
    at_once.grow(&segments);
    assert_eq!(snapshot, at_once);
}

#[test]
fn a_segment_out_of_its_place_is_refused() {
    let segments = sealed(&many(30));
    let mut growth = Growth::of(SnapshotHead::empty(lane(1).scope), 1, |_: &SegmentHeader, _: &[Save]| true);
    growth.take(1, 0, &segments[0]).expect("the first");
    let refused = |what| Err(SnapshotError::NotNext(what));
    assert_eq!(growth.take(3, 0, &segments[1]), refused("number"));
    assert_eq!(growth.take(2, 0, &segments[0]), refused("chain"));
    let elsewhere = SnapshotHead::empty("81.72.01".parse().expect("a scope"));
    assert_eq!(
        Growth::of(elsewhere, 1, |_: &SegmentHeader, _: &[Save]| true).take(1, 0, &segments[0]),
        refused("scope")
    );
    assert_eq!(growth.gsn(), 1);
}
