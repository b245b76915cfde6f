//! Segments: what goes in comes out, byte for byte, and nothing else gets in.

use arumbae_domain::schema::RecordKind;
use arumbae_mergelog::compression::{compress, decompress};
use arumbae_mergelog::{ClockQuality, Operation, Save, SealedSegment, SegmentError, SegmentHash, leaf, limits};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::samples::*;

fn seal(saves: &[Save]) -> Result<SealedSegment, SegmentError> {
    let clock = ClockQuality { offset_ms: -1234, uncertainty_ms: 80 };
    SealedSegment::seal(&lane(1), SegmentHash([3; 32]), saves, clock, &key(1))
}

fn day() -> Vec<Save> {
    let first = save(7, 0, vec![create(RecordKind::Finding), set(TITLE, "Pembagian sembako", &[])]);
    let edit = save(8, 60_000, vec![set(TITLE, "Pembagian sembako di pasar", &[op_id(1, 7)])]);
    vec![first, edit]
}

/// The format may grow, but these bytes must always mean what they mean.
#[test]
fn golden_segment() {
    let segment = seal(&day()).expect("sealable");
    let hex: String = segment.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<&str> = hex.as_bytes().chunks(96).map(|line| std::str::from_utf8(line).expect("hex")).collect();
    insta::assert_snapshot!("golden_segment", format!("hash {}\n{}", segment.hash(), lines.join("\n")));
    let leaf: String = leaf::encode(&day()[0]).iter().map(|byte| format!("{byte:02x}")).collect();
    insta::assert_snapshot!("golden_leaf", leaf);
}

#[test]
fn only_consecutive_saves_of_the_keys_own_lane_are_sealed() {
    #[track_caller]
    fn check_unsealable(result: Result<SealedSegment, SegmentError>) {
        assert!(matches!(result, Err(SegmentError::Unsealable(_))), "{result:?}");
    }
    check_unsealable(seal(&[]));
    check_unsealable(seal(&[save(1, 0, vec![]), save(3, 0, vec![])]));
    check_unsealable(seal(&[save(0, 0, vec![])]));
    check_unsealable(SealedSegment::seal(&lane(1), SegmentHash::GENESIS, &day(), ClockQuality::default(), &key(2)));
    let early = Operation::Unknown { code: 3, record: record(1), body: vec![] };
    check_unsealable(seal(&[save(1, 0, vec![early])]));
}

#[test]
fn limits_hold_when_writing() {
    let long = "x".repeat(limits::SAVE_BYTES);
    let too_long = save(1, 0, vec![set(SUMMARY, &long, &[])]);
    assert_eq!(leaf::check_limits(&too_long), Err(SegmentError::TooLarge("save")));
    assert_eq!(seal(&[too_long]), Err(SegmentError::TooLarge("save")));
    let many = save(1, 0, vec![set(TITLE, "", &[]); limits::SAVE_OPERATIONS + 1]);
    assert_eq!(leaf::check_limits(&many), Err(SegmentError::TooLarge("operations")));
    let half = "x".repeat(limits::SAVE_BYTES - 1000);
    let heavy: Vec<Save> = (1..=3).map(|seq| save(seq, 0, vec![set(SUMMARY, &half, &[])])).collect();
    assert_eq!(seal(&heavy), Err(SegmentError::TooLarge("text")));
    assert!(seal(&heavy[..2]).is_ok_and(|segment| segment.open().is_ok()));
}

#[test]
fn a_foreign_key_cannot_speak_for_a_lane() {
    let genuine = seal(&day()).expect("sealable");
    let forged = SealedSegment::seal(&lane(2), SegmentHash([3; 32]), &day(), ClockQuality::default(), &key(2));
    let mut bytes = forged.expect("sealable").bytes().to_vec();
    bytes[8..40].copy_from_slice(&genuine.header().lane.device.0);
    let parsed = SealedSegment::from_bytes(bytes).expect("well formed");
    assert_eq!(parsed.verify(), Err(SegmentError::BadSignature));
}

#[test]
fn a_later_format_is_kept_and_named() {
    let mut bytes = seal(&day()).expect("sealable").bytes().to_vec();
    bytes[4] = 9;
    bytes[6] = 9;
    let later = SealedSegment::from_bytes(bytes).expect("the header keeps its layout");
    assert_eq!(later.header().first_seq, 7);
    assert_eq!(later.verify_signature(), Err(SegmentError::BadSignature), "its signature is judged as any other");
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_seals_to_the_same_bytes(saves in runs_of_saves()) {
        let sealed = seal(&saves).expect("sealable");
        let squeezed = compress(sealed.bytes());
        let arrived = decompress(&squeezed, limits::SEGMENT_BYTES).expect("its own bytes");
        let parsed = SealedSegment::from_bytes(arrived).expect("its own bytes");
        prop_assert_eq!(&parsed, &sealed);
        let opened = parsed.open();
        prop_assert_eq!(opened.as_ref(), Ok(&saves));
        prop_assert_eq!(&seal(&saves).expect("sealable"), &sealed);
        for save in &saves {
            let decoded = leaf::decode(&leaf::encode(save));
            prop_assert_eq!(decoded.as_ref(), Ok(save));
        }
    }

    /// No changed bit goes unnoticed and none makes the decoder panic.
    #[test]
    fn a_changed_bit_never_passes(saves in runs_of_saves(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut bytes = seal(&saves).expect("sealable").bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(parsed) = SealedSegment::from_bytes(bytes) {
            prop_assert!(parsed.open().is_err());
            prop_assert!(parsed.verify().is_err());
        }
    }

    /// The signature covers the header only, so a body of noise does reach the decoder: it has to hold by itself.
    #[test]
    fn a_body_of_noise_is_refused(saves in runs_of_saves(), noise in vec(any::<u8>(), 0..4096)) {
        let sealed = seal(&saves).expect("sealable");
        let mut bytes = sealed.bytes().to_vec();
        let body = bytes.len() - sealed.body().len();
        bytes[body..].iter_mut().zip(noise.iter().cycle()).for_each(|(byte, noise)| *byte = *noise);
        if bytes != sealed.bytes() {
            let parsed = SealedSegment::from_bytes(bytes).expect("the header still stands");
            prop_assert_eq!(parsed.verify_signature(), Ok(()));
            prop_assert!(parsed.open().is_err());
        }
    }

    #[test]
    fn a_leaf_has_one_spelling(saves in runs_of_saves(), noise in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut noisy = leaf::encode(&saves[0]);
        for (at, byte) in &noise {
            let at = at.index(noisy.len());
            noisy[at] = *byte;
        }
        if let Ok(save) = leaf::decode(&noisy) {
            prop_assert_eq!(leaf::encode(&save), noisy);
        }
    }

    #[test]
    fn noise_never_panics(bytes in vec(any::<u8>(), 0..400)) {
        let _ = leaf::decode(&bytes);
        let mut headed = seal(&day()).expect("sealable").bytes()[..60].to_vec();
        headed.extend_from_slice(&bytes);
        if let Ok(parsed) = SealedSegment::from_bytes(headed) {
            prop_assert!(parsed.open().is_err());
        }
        let _ = SealedSegment::from_bytes(bytes);
    }
}
