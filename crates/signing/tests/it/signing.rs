//! What signing writes, and what it refuses.

use arumbae_signing::sign::{SignError, SignRequest, sign_document};
use arumbae_signing::verify::Verdict;
use jiff::{SignedDuration, Timestamp};
use lopdf::Document;

use crate::fixture::{Office, base_report, saved, sign, stamp, today};

#[test]
fn one_signature() {
    let office = Office::new(1);
    insta::assert_debug_snapshot!(office.verify(&office.signed_once()));
}

#[test]
fn officer_and_chair() {
    let office = Office::new(1);
    let found = office.verify(&office.signed_twice());
    assert_eq!(found.verdict, Verdict::Genuine, "{:?}", found.problems);
    let seen: Vec<_> = found
        .signatures
        .iter()
        .map(|signature| (&*signature.field, &*signature.signer, signature.revision, signature.covers_whole_file))
        .collect();
    assert_eq!(seen, [("petugas", "Contoh Petugas, S.H.", 1, false), ("ketua", "Contoh Ketua", 2, true)]);
    assert!(found.unsigned_fields.is_empty());
}

#[test]
fn a_document_is_only_extended() {
    let office = Office::new(1);
    let (base, once, twice) = (base_report(), office.signed_once(), office.signed_twice());
    assert!(once.starts_with(&base) && twice.starts_with(&once));
}

#[test]
fn the_same_signature_gives_the_same_bytes() {
    assert_eq!(Office::new(1).signed_once(), Office::new(1).signed_once());
}

#[test]
fn the_field_keeps_its_look_without_an_appearance() {
    let office = Office::new(1);
    let request = SignRequest {
        field: "petugas",
        key: &office.officer.key,
        certificate_der: &office.officer.certificate,
        chain: &office.officer.chain,
        appearance: None,
        signed_at: today(),
        reason: None,
        location: None,
    };
    let signed = sign_document(&base_report(), &request).unwrap();
    assert_eq!(office.verify(&signed).verdict, Verdict::Genuine);
}

#[track_caller]
fn check_length_independence(filler: usize) {
    let office = Office::new(1);
    let mut document = Document::load_mem(&base_report()).unwrap();
    let stream = lopdf::Stream::new(lopdf::Dictionary::new(), vec![b'x'; filler]);
    document.add_object(stream);
    let signed = sign(&saved(document), "petugas", &office.officer, today()).unwrap();
    let found = office.verify(&signed);
    assert_eq!(found.verdict, Verdict::Genuine, "with {filler} bytes more: {:?}", found.problems);
}

#[test]
fn the_byte_range_fits_at_every_length() {
    // Around 10,000, 100,000 and 1,000,000 the offsets gain a digit.
    for filler in [0, 6_000, 7_000, 7_500, 8_000, 80_000, 97_500, 98_000, 980_000, 997_500] {
        check_length_independence(filler);
    }
}

#[track_caller]
fn check_refused(pdf: &[u8], field: &str, at: Timestamp, expected: fn(&SignError) -> bool) {
    let office = Office::new(1);
    let error = sign(pdf, field, &office.officer, at).unwrap_err();
    assert!(expected(&error), "{error:?}");
}

#[test]
fn what_cannot_be_signed() {
    let office = Office::new(1);
    let base = base_report();
    let year = SignedDuration::from_hours(24 * 366);
    check_refused(&base, "saksi", today(), |error| matches!(error, SignError::FieldMissing));
    check_refused(&office.signed_once(), "petugas", today(), |error| matches!(error, SignError::AlreadySigned));
    check_refused(&base, "petugas", today() + year, |error| matches!(error, SignError::OutsideValidity));
    check_refused(&base, "petugas", Timestamp::UNIX_EPOCH, |error| matches!(error, SignError::OutsideValidity));
    check_refused(b"", "petugas", today(), |error| matches!(error, SignError::Unreadable(_)));
    check_refused(b"bukan PDF", "petugas", today(), |error| matches!(error, SignError::Unreadable(_)));
    check_refused(&base[..base.len() / 2], "petugas", today(), |error| matches!(error, SignError::Unreadable(_)));
    check_refused(&stamp(), "petugas", today(), |error| matches!(error, SignError::FieldMissing));
}

#[test]
fn a_locked_document_takes_no_further_signature() {
    let office = Office::new(1);
    let locked = sign(&base_report(), "ketua", &office.chair, today()).unwrap();
    assert_eq!(office.verify(&locked).verdict, Verdict::Genuine);
    check_refused(&locked, "petugas", today(), |error| matches!(error, SignError::Locked));
}

#[test]
fn a_foreign_certificate_and_a_bad_stamp_are_refused() {
    let office = Office::new(1);
    let mut request = SignRequest {
        field: "petugas",
        key: &office.officer.key,
        certificate_der: &office.chair.certificate,
        chain: &[],
        appearance: None,
        signed_at: today(),
        reason: None,
        location: None,
    };
    assert!(matches!(sign_document(&base_report(), &request), Err(SignError::Certificate(_))));
    request.certificate_der = &office.officer.certificate;
    let two_pages = base_report();
    for stamp in [&two_pages[..], b"bukan PDF"] {
        request.appearance = Some(stamp);
        assert!(matches!(sign_document(&base_report(), &request), Err(SignError::Appearance(_))));
    }
}
