//! Single saves proven without the others, and saves erased without breaking the chain.

use arumbae_mergelog::{ClockQuality, Leaf, Save, SaveProof, SealedSegment, SegmentError, SegmentHash, SignedHeader};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::samples::*;

fn seal(saves: &[Save]) -> SealedSegment {
    SealedSegment::seal(&lane(1), SegmentHash([3; 32]), saves, ClockQuality::default(), &key(1)).expect("sealable")
}

fn day() -> Vec<Save> {
    let texts = ["Pembagian sembako", "Nama seorang saksi", "Tempat kejadian"];
    (7..).zip(texts).map(|(seq, text)| save(seq, seq * 1000, vec![set(TITLE, text, &[])])).collect()
}

/// Half a proof reached through the bytes of the other half, as a verifier has them.
fn header_from_outside(segment: &SealedSegment) -> SignedHeader {
    let header = segment.signed_header();
    SignedHeader::from_parts(header.bytes().to_vec(), *header.signature()).expect("its own bytes")
}

fn proof_of(segment: &SealedSegment, seq: u64) -> SaveProof {
    segment.prove(&[seq]).expect("readable").pop().expect("it holds the save")
}

/// The form may grow, but these bytes must always mean what they mean.
#[test]
fn golden_erased_copy() {
    let copy = seal(&day()).erase(&[8]).expect("erased");
    let hex: String = copy.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<&str> = hex.as_bytes().chunks(96).map(|line| std::str::from_utf8(line).expect("hex")).collect();
    insta::assert_snapshot!("golden_erased_copy", format!("hash {}\n{}", copy.hash(), lines.join("\n")));
}

#[test]
fn an_erased_copy_keeps_its_place_in_the_chain_and_the_other_saves() {
    let whole = seal(&day());
    let copy = whole.erase(&[8, 99]).expect("erased");
    assert_eq!((copy.hash(), copy.header()), (whole.hash(), whole.header()), "the chain cannot tell them apart");
    assert_eq!(copy.verify(), Ok(()));
    assert_eq!(copy.open(), Ok(vec![day()[0].clone(), day()[2].clone()]));
    assert_eq!((whole.erased(), copy.erased()), (Ok(vec![]), Ok(vec![8])));
    let secret = b"Nama seorang saksi";
    assert!(copy.bytes().windows(secret.len()).all(|run| run != secret), "what was erased is not there");
    let more = copy.erase(&[7, 9]).expect("erased again");
    assert_eq!((more.open(), more.erased()), (Ok(vec![]), Ok(vec![7, 8, 9])));
    assert_eq!(more.erase(&[7]).as_ref(), Ok(&more), "erasing twice changes nothing");
    let parsed = SealedSegment::from_bytes(copy.bytes().to_vec());
    assert_eq!(parsed.as_ref(), Ok(&copy), "it travels like any segment");
}

#[test]
fn of_an_erased_save_it_is_proven_that_it_was_there() {
    let whole = seal(&day());
    let copy = whole.erase(&[8]).expect("erased");
    let header = header_from_outside(&copy);
    assert_eq!(proof_of(&copy, 9).verify(&header), Ok(Some(day()[2].clone())), "the others are proven as before");
    assert_eq!(proof_of(&copy, 9), proof_of(&whole, 9));
    let gone = proof_of(&copy, 8);
    assert_eq!((gone.verify(&header), matches!(gone.leaf, Leaf::Erased(_))), (Ok(None), true));
}

#[test]
fn a_proof_speaks_for_its_own_place_only() {
    let segment = seal(&day());
    let header = header_from_outside(&segment);
    let other = seal(&[save(7, 0, vec![set(TITLE, "lain", &[])])]);
    let proof = proof_of(&segment, 8);
    assert_eq!(proof.verify(&header_from_outside(&other)), Err(SegmentError::BodyMismatch), "another segment");
    for seq in [0, 6, 7, 9, 10, u64::MAX] {
        let moved = SaveProof { seq, ..proof.clone() };
        assert_eq!(moved.verify(&header), Err(SegmentError::BodyMismatch), "taken for save {seq}");
    }
    assert_eq!(segment.prove(&[6, 10]), Ok(vec![]), "numbers it does not hold");
}

#[test]
fn a_header_from_outside_is_bounded_and_fills_its_bytes() {
    let header = seal(&day()).signed_header();
    let with = |bytes: Vec<u8>| SignedHeader::from_parts(bytes, *header.signature());
    assert_eq!(with(vec![0; 5000]), Err(SegmentError::TooLarge("header")));
    assert!(with(header.bytes()[..40].to_vec()).is_err(), "cut short");
    assert!(with([header.bytes(), b"x"].concat()).is_err(), "followed by more");
    assert_eq!(with(header.bytes().to_vec()).map(|header| header.verify()), Ok(Ok(())));
    let mut forged = *header.signature();
    forged[0] ^= 1;
    let forged = SignedHeader::from_parts(header.bytes().to_vec(), forged).expect("well formed");
    assert_eq!(forged.verify(), Err(SegmentError::BadSignature));
}

proptest! {
    #[test]
    fn every_save_is_proven_by_itself(saves in runs_of_saves(), gone in any::<Index>()) {
        let whole = seal(&saves);
        let gone = saves[gone.index(saves.len())].seq;
        let copy = whole.erase(&[gone]).expect("erased");
        let header = header_from_outside(&whole);
        prop_assert_eq!(header.hash(), copy.hash());
        prop_assert_eq!(copy.erased(), Ok(vec![gone]));
        for save in &saves {
            let proof = proof_of(&whole, save.seq).verify(&header);
            prop_assert_eq!(proof.as_ref(), Ok(&Some(save.clone())));
            let left = (save.seq != gone).then(|| save.clone());
            prop_assert_eq!(proof_of(&copy, save.seq).verify(&header), Ok(left));
        }
    }

    /// No changed bit of an erased copy goes unnoticed and none makes the decoder panic.
    #[test]
    fn a_changed_bit_of_an_erased_copy_never_passes(
        saves in runs_of_saves(), gone in any::<Index>(), at in any::<Index>(), bit in 0u8..8,
    ) {
        let gone = saves[gone.index(saves.len())].seq;
        let mut bytes = seal(&saves).erase(&[gone]).expect("erased").into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(parsed) = SealedSegment::from_bytes(bytes) {
            prop_assert!(parsed.open().is_err() && parsed.erased().is_err());
        }
    }

    #[test]
    fn a_changed_bit_of_a_proof_never_passes(saves in runs_of_saves(), at in any::<Index>(), bit in 0u8..8) {
        let segment = seal(&saves);
        let header = segment.signed_header();
        let proof = proof_of(&segment, saves[0].seq);
        let Leaf::Whole(leaf) = &proof.leaf else { panic!("nothing was erased") };
        let mut leaf = leaf.clone();
        let at_leaf = at.index(leaf.len());
        leaf[at_leaf] ^= 1 << bit;
        let changed = SaveProof { leaf: Leaf::Whole(leaf), ..proof.clone() };
        prop_assert!(changed.verify(&header).is_err());
        let mut body_hash = proof.body_hash;
        body_hash[at.index(32)] ^= 1 << bit;
        let changed = SaveProof { body_hash, ..proof.clone() };
        prop_assert!(changed.verify(&header).is_err());
        if !proof.path.is_empty() {
            let mut path = proof.path.clone();
            let step = at.index(path.len());
            path[step][at.index(32)] ^= 1 << bit;
            let changed = SaveProof { path, ..proof.clone() };
            prop_assert!(changed.verify(&header).is_err());
        }
        let mut bytes = header.bytes().to_vec();
        let at_header = at.index(bytes.len());
        bytes[at_header] ^= 1 << bit;
        if let Ok(changed) = SignedHeader::from_parts(bytes, *header.signature()) {
            prop_assert!(changed.verify().is_err());
        }
    }

    #[test]
    fn noise_after_the_mark_never_panics(noise in vec(any::<u8>(), 0..400)) {
        let copy = seal(&day()).erase(&[8]).expect("erased");
        let mut headed = copy.bytes()[..copy.bytes().len() - copy.body().len()].to_vec();
        headed.extend_from_slice(&noise);
        if let Ok(parsed) = SealedSegment::from_bytes(headed) {
            prop_assert!(parsed.open().is_err());
        }
        let _ = SealedSegment::from_bytes([b"ARME", noise.as_slice()].concat());
    }
}
