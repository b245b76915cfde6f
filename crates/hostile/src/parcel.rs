//! Parcels: segments packed together on their way.

use arumbae_mergelog::parcel::{Base, Unpacked, divide, unpack};
use arumbae_mergelog::{SealedSegment, compression, limits};

use crate::allocation::within;
use crate::samples::{first_segment, key, lane, runs, seal};
use crate::segment::OPEN_MEMORY;
use crate::{Damage, Decoder};

/// A parcel's content, which travels squeezed; the first byte says how many signatures stand before it.
pub const DECODER: Decoder = Decoder { name: "parcel", check, samples, damage: Damage::Unnoticed };

const SIGNATURE: usize = 64;
/// The format, and that there is no base.
const HEAD: [u8; 2] = [1, 0];
/// As it is, without a dictionary.
const UNSQUEEZED: [u8; 2] = [0, 0];

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let (signatures, content) = bytes.split_first()?;
    let signatures = signatures % 32;
    let no_signature = vec![0; SIGNATURE * usize::from(signatures)];
    let parcel = [&HEAD, &[signatures][..], &no_signature, &UNSQUEEZED, content].concat();
    // Beside what one segment may take, its content is there twice: squeezed and not.
    let unpacked = within(OPEN_MEMORY + 3 * bytes.len(), || unpack(&parcel, &Base::default())).ok()?;
    let segments: Vec<SealedSegment> = unpacked.into_iter().map(Unpacked::into_segment).collect();
    for segment in &segments {
        assert_eq!(SealedSegment::from_bytes(segment.bytes().to_vec()).as_ref(), Ok(segment), "it can be kept");
        let told = !segment.is_erased_copy() && segment.header().lane == lane();
        if let Some(forged) = told.then(|| SealedSegment::forge(segment.header().clone(), segment.body(), &key())) {
            // Those that came as they are may say anything.
            let whole = bytes.windows(segment.bytes().len()).any(|window| window == segment.bytes());
            assert!(whole || forged.is_ok_and(|forged| forged.header().merkle_root == segment.header().merkle_root));
        }
    }
    let again: Vec<Vec<u8>> =
        divide(segments.clone()).into_iter().map(|packing| packing.pack(&Base::default())).collect();
    let arrived = again.iter().flat_map(|again| unpack(again, &Base::default()).expect("what we pack is unpacked"));
    let arrived: Vec<SealedSegment> = arrived.map(Unpacked::into_segment).collect();
    assert_eq!(arrived, segments, "the very segments");
    Some(again.concat())
}

fn samples() -> Vec<Vec<u8>> {
    let segments: Vec<SealedSegment> = runs().iter().map(|saves| seal(saves)).collect();
    let erased = segments[1].erase(&[2]).expect("it can be erased");
    [vec![], vec![first_segment()], segments, vec![first_segment(), erased]].map(|run| content(&run)).to_vec()
}

/// What a parcel of these says, before it is squeezed.
fn content(segments: &[SealedSegment]) -> Vec<u8> {
    let bytes = divide(segments.to_vec()).pop().unwrap_or_default().pack(&Base::default());
    let signatures = bytes[HEAD.len()];
    let squeezed = &bytes[HEAD.len() + 1 + SIGNATURE * usize::from(signatures)..];
    let content = compression::decompress(squeezed, limits::PARCEL_BYTES).expect("a parcel of ours");
    [&[signatures], content.as_slice()].concat()
}
