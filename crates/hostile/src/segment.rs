//! A segment as it comes from a server, a peer or a stick.

use arumbae_mergelog::{SealedSegment, limits};

use crate::allocation::within;
use crate::{Damage, Decoder, samples};

/// What opening any segment may take: what [`limits`] says its counts come to, and its texts.
pub(crate) const OPEN_MEMORY: usize = 40 << 20;

/// Parsed, verified and opened.
pub const DECODER: Decoder = Decoder {
    name: "segment",
    check,
    samples: || {
        let mut samples: Vec<SealedSegment> = samples::runs().iter().map(|saves| samples::seal(saves)).collect();
        samples.push(samples[1].erase(&[2]).expect("it can be erased"));
        samples.into_iter().map(SealedSegment::into_bytes).collect()
    },
    damage: Damage::Noticed,
};

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let copy = bytes.to_vec();
    let segment = within(bytes.len(), || SealedSegment::from_bytes(copy)).ok()?;
    assert_eq!(segment.bytes(), bytes, "a segment is relayed as it came");
    assert!(segment.header().count as usize <= limits::SEGMENT_SAVES);
    let opened = within(OPEN_MEMORY, || segment.open());
    let verified = within(OPEN_MEMORY, || segment.verify());
    assert_eq!(opened.as_ref().err(), verified.as_ref().err(), "verifying and opening agree");
    let saves = opened.ok()?;
    let erased = segment.erased().expect("what opens tells what was erased");
    assert_eq!(saves.len() + erased.len(), segment.header().count as usize);
    assert!(saves.iter().all(|save| !erased.contains(&save.seq) && save.seq <= segment.last_seq()));
    for proof in segment.prove(&[segment.header().first_seq]).expect("what opens can be proven") {
        let proven = proof.verify(&segment.signed_header()).expect("what is proven verifies");
        assert_eq!(proven.as_ref(), saves.first().filter(|save| save.seq == proof.seq));
    }
    Some(segment.into_bytes())
}
