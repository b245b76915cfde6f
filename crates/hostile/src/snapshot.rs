//! Snapshots of a scope: a head and its pages, as a server sends them.

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::snapshot::{Growth, Page, PageRef, SnapshotError, SnapshotHead};
use arumbae_mergelog::{ClockQuality, Save, SealedSegment, SegmentHeader};
use uuid::Uuid;

use crate::allocation::within;
use crate::samples::{first_segment, key, lane, runs};
use crate::{Damage, Decoder};

/// The first byte says whether a head or a page follows. A page is taken for the one its head names.
pub const DECODER: Decoder = Decoder { name: "snapshot", check, samples, damage: Damage::Unnoticed };

const HEAD: u8 = 0;
const PAGE: u8 = 1;

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes.split_first()? {
        (&HEAD, head) => check_head(head),
        (&PAGE, page) => check_page(page),
        _ => None,
    }
}

/// Every segment may count.
fn everything(_: &SegmentHeader, _: &[Save]) -> bool {
    true
}

fn check_head(bytes: &[u8]) -> Option<Vec<u8>> {
    // A lane repeats its scope's text, and is remembered by its id while the order is checked.
    let head = within(8 * bytes.len(), || SnapshotHead::decode(bytes)).ok()?;
    assert_eq!(head.encode(), bytes, "a head has one spelling");
    assert!(head.lanes.iter().all(|known| head.lane(known.lane.id()) == Some(known)));
    let grown = Growth::of(head.clone(), head.policy_epoch, everything)
        .finish(|_| Err(SnapshotError::WrongPage), |_, _| Ok(()));
    assert_eq!(grown.as_ref(), Ok(&head), "without a segment it stays as it is");
    Some(bytes.to_vec())
}

fn check_page(bytes: &[u8]) -> Option<Vec<u8>> {
    let last = RecordId(Uuid::max());
    let named = PageRef { last, length: bytes.len() as u32, hash: *blake3::hash(bytes).as_bytes() };
    let page = Page::from_bytes(bytes.to_vec(), &named).expect("it is the page that is named");
    let records = within(96 * bytes.len(), || page.records()).ok()?;
    assert!(records.is_sorted_by(|(one, _), (next, _)| one < next));

    let mut growth =
        Growth::of(SnapshotHead { pages: vec![named], ..SnapshotHead::empty(lane().scope) }, 1, everything);
    growth.take(1, 1_707_868_800_000, &first_segment()).expect("it continues nothing");
    let mut grown = Vec::new();
    let written = growth.finish(
        |_| Ok::<_, SnapshotError>(page.clone()),
        |_, page| {
            grown.extend(page.records().expect("what is written is read"));
            Ok(())
        },
    );
    assert!(matches!(written, Ok(_) | Err(SnapshotError::TooLarge(_))), "{written:?}");
    if written.is_ok() {
        assert!(records.iter().all(|(id, _)| grown.iter().any(|(other, _)| id == other)), "no record is lost");
    }
    Some(bytes.to_vec())
}

fn samples() -> Vec<Vec<u8>> {
    let mut growth = Growth::of(SnapshotHead::empty(lane().scope), 1, everything);
    let first = first_segment();
    growth.take(1, 1_707_868_800_000, &first).expect("the first");
    let mut saves = runs()[2].clone();
    for (save, seq) in saves.iter_mut().zip(first.last_seq() + 1..) {
        save.seq = seq;
    }
    let second = SealedSegment::seal(&lane(), first.hash(), &saves, ClockQuality::default(), &key());
    growth.take(2, 1_707_868_900_000, &second.expect("saves of ours")).expect("the next");
    let mut samples = vec![[vec![HEAD], SnapshotHead::empty(lane().scope).encode()]];
    let no_pages = |_: &PageRef| Err(SnapshotError::WrongPage);
    let head = growth.finish(no_pages, |_, page| {
        samples.push([vec![PAGE], page.bytes().to_vec()]);
        Ok(())
    });
    samples.push([vec![HEAD], head.expect("it fits").encode()]);
    samples.iter().map(|sample| sample.concat()).collect()
}
