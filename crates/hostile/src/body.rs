//! A segment's body behind a signature that holds: what a device could send whose program is not ours.

use std::sync::LazyLock;

use arumbae_mergelog::{SealedSegment, SegmentError, SegmentHash, SegmentHeader, leaf};

use crate::allocation::within;
use crate::segment::OPEN_MEMORY;
use crate::{Damage, Decoder, samples};

/// The body is signed as it stands. In front of it stand the count of saves and the schema version of the header.
pub const DECODER: Decoder = Decoder { name: "body", check, samples, damage: Damage::CutsNoticed };

/// A header of ours, sealed once.
static HEADER: LazyLock<SegmentHeader> = LazyLock::new(|| samples::seal(&samples::runs()[0]).header().clone());

fn samples() -> Vec<Vec<u8>> {
    let sample = |segment: SealedSegment| {
        let SegmentHeader { count, schema_version, .. } = segment.header();
        [&[*count as u8, *schema_version as u8], segment.body()].concat()
    };
    samples::runs().iter().map(|saves| sample(samples::seal(saves))).collect()
}

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let [count, schema_version, body @ ..] = bytes else { return None };
    let header = SegmentHeader {
        // Own operations are told from the save at hand backwards, so its number matters.
        first_seq: 9,
        count: u32::from(*count).max(1),
        schema_version: u16::from(*schema_version),
        ..HEADER.clone()
    };
    let forged = within(OPEN_MEMORY + body.len(), || SealedSegment::forge(header, body, &samples::key())).ok()?;
    let segment = SealedSegment::from_bytes(forged.bytes().to_vec()).expect("it is put together as any other");
    assert_eq!(segment, forged);
    let saves = within(OPEN_MEMORY, || segment.open()).expect("its signature and its root hold");
    for save in &saves {
        let kept = leaf::decode(&leaf::encode(save));
        assert_eq!(kept.as_ref(), Ok(save), "a save that was taken is readable alone");
    }
    // A body may have been written in another way than ours; written in ours, it says the same.
    let clock = segment.header().clock;
    match SealedSegment::seal(&samples::lane(), SegmentHash::GENESIS, &saves, clock, &samples::key()) {
        Ok(again) => {
            assert_eq!(again.open().as_ref(), Ok(&saves), "written again it says the same");
            Some(again.body().to_vec())
        }
        // Writers count a repeated text every time.
        Err(error) => {
            assert!(matches!(error, SegmentError::TooLarge(_)), "{error}");
            Some(body.to_vec())
        }
    }
}
