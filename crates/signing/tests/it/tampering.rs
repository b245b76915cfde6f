//! Attacks on signed documents; every one of them is noticed.

use std::sync::LazyLock;

use arumbae_signing::certificate::Serial;
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::trust::TrustStore;
use arumbae_signing::verify::ProblemCode::{self, *};
use arumbae_signing::verify::{Verdict, Verification, verify_document};
use jiff::{SignedDuration, Timestamp};
use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};
use proptest::prelude::*;

use crate::fixture::{Office, Sequence, Signer, base_report, sign, today};

fn codes(found: &Verification) -> Vec<ProblemCode> {
    found.problems.iter().map(|problem| problem.code).collect()
}

#[track_caller]
fn check(pdf: &[u8], verdict: Verdict, problems: &[ProblemCode]) {
    let found = Office::new(1).verify(pdf);
    assert_eq!((found.verdict, &codes(&found)[..]), (verdict, problems), "{found:#?}");
}

#[test]
fn files_that_are_no_signed_pdf() {
    let signed = Office::new(1).signed_once();
    check(b"", Verdict::NotPdf, &[NotPdf]);
    check(b"PK\x03\x04 bukan PDF", Verdict::NotPdf, &[NotPdf]);
    check(&[b"junk".as_slice(), &signed].concat(), Verdict::NotPdf, &[NotPdf]);
    check(&base_report(), Verdict::Unsigned, &[Unsigned]);
    check(&signed[..signed.len() - 100], Verdict::Damaged, &[Damaged]);
    check(&signed[..signed.len() / 2], Verdict::Damaged, &[Damaged]);
    check(b"%PDF-1.7\n", Verdict::Damaged, &[Damaged]);
    check(&[signed.as_slice(), b"% tambahan"].concat(), Verdict::Damaged, &[Damaged]);
    check(&[signed.as_slice(), b"\n\n"].concat(), Verdict::Altered, &[ChangedAfterSigning]);
}

#[test]
fn a_deeply_nested_file_does_not_overflow_the_stack() {
    let mut bytes = b"%PDF-1.7\n1 0 obj\n".to_vec();
    bytes.extend(vec![b'['; 1_000_000]);
    bytes.extend(b"\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 2/Root 1 0 R>>\nstartxref\n1000018\n%%EOF\n");
    check(&bytes, Verdict::Damaged, &[Damaged]);
}

/// Finds `old` in the file, which must be there, and puts `new` of the same length in its place.
#[track_caller]
fn replaced(pdf: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = pdf.windows(old.len()).position(|window| window == old).expect("the text is in the file");
    let mut changed = pdf.to_vec();
    changed[at..at + new.len()].copy_from_slice(new);
    changed
}

#[test]
fn changed_words() {
    let office = Office::new(1);
    let changed = replaced(&office.signed_once(), b"PENGAWASAN", b"PENGAWASIN");
    check(&changed, Verdict::Altered, &[DigestMismatch]);
    let changed = replaced(&office.signed_twice(), b"PENGAWASAN", b"PENGAWASIN");
    check(&changed, Verdict::Altered, &[DigestMismatch, DigestMismatch]);
}

#[test]
fn no_digit_of_the_signature_can_be_changed() {
    let office = Office::new(1);
    let signed = office.signed_once();
    let start = signed.windows(11).position(|window| window == b"/Contents <").unwrap() + 10;
    let contents_end = start + 2 + 2 * 8192;
    // The octets behind the digits are tried one by one beside the CMS code; here digits of value and filling.
    for index in (start - 10..contents_end).step_by(131) {
        let mut changed = signed.clone();
        // Another digit, or now and then the same one in the other case.
        changed[index] ^= if index % 3 == 0 { 0x20 } else { 0x01 };
        let verdict = office.verify(&changed).verdict;
        assert_ne!(verdict, Verdict::Genuine, "the change of byte {index} went unnoticed");
    }
}

static TWICE: LazyLock<(Office, Vec<u8>)> = LazyLock::new(|| {
    let office = Office::new(1);
    let signed = office.signed_twice();
    (office, signed)
});

proptest! {
    #[test]
    fn no_byte_of_the_file_can_be_changed(position in 0.0..1.0_f64, xor in 1_u8..) {
        let (office, signed) = &*TWICE;
        let mut changed = signed.clone();
        let index = (position * changed.len() as f64) as usize;
        changed[index] ^= xor;
        prop_assert_ne!(office.verify(&changed).verdict, Verdict::Genuine);
    }

    #[test]
    fn a_file_cut_anywhere_is_not_genuine(position in 0.0..1.0_f64) {
        let (office, signed) = &*TWICE;
        let length = (position * signed.len() as f64) as usize;
        prop_assert_ne!(office.verify(&signed[..length]).verdict, Verdict::Genuine);
    }
}

/// Appends an update as an editor would write it, not as we do.
fn appended(pdf: &[u8], objects: &[(ObjectId, Object)]) -> Vec<u8> {
    let current = Document::load_mem(pdf).unwrap();
    let mut update = Document::with_version("1.7");
    update.objects.extend(objects.iter().cloned());
    update.max_id = objects.iter().map(|(id, _)| id.0).max().unwrap().max(current.max_id);
    let mut bytes = pdf.to_vec();
    let mut offsets = Vec::new();
    for (id, object) in objects {
        let mut body = Vec::new();
        write_plainly(&mut body, object);
        offsets.push((id, bytes.len()));
        bytes.extend(format!("{} {} obj\n", id.0, id.1).bytes());
        bytes.extend(body);
        bytes.extend(b"\nendobj\n");
    }
    let xref = bytes.len();
    bytes.extend(b"xref\n");
    for (id, offset) in offsets {
        bytes.extend(format!("{} 1\n{offset:010} {:05} n \n", id.0, id.1).bytes());
    }
    let root = current.trailer.get(b"Root").unwrap().as_reference().unwrap();
    let (size, prev) = (update.max_id + 1, current.xref_start);
    let trailer = format!("<</Size {size}/Root {} {} R/Prev {prev}>>", root.0, root.1);
    bytes.extend(format!("trailer\n{trailer}\nstartxref\n{xref}\n%%EOF\n").bytes());
    bytes
}

fn write_plainly(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Dictionary(dictionary) => {
            out.extend(b"<<");
            for (key, value) in dictionary {
                out.extend([b"/", key.as_slice(), b" "].concat());
                write_plainly(out, value);
            }
            out.extend(b">>");
        }
        Object::Array(items) => {
            out.push(b'[');
            items.iter().for_each(|item| {
                write_plainly(out, item);
                out.push(b' ');
            });
            out.push(b']');
        }
        Object::Name(name) => out.extend([b"/", name.as_slice()].concat()),
        Object::String(text, _) => out.extend([b"(", text.as_slice(), b")"].concat()),
        Object::Reference(id) => out.extend(format!("{} {} R", id.0, id.1).bytes()),
        Object::Stream(stream) => {
            write_plainly(out, &Object::Dictionary(stream.dict.clone()));
            out.extend([b"stream\n", stream.content.as_slice(), b"\nendstream"].concat());
        }
        Object::Integer(number) => out.extend(number.to_string().bytes()),
        Object::Real(number) => out.extend(number.to_string().bytes()),
        Object::Boolean(value) => out.extend(value.to_string().bytes()),
        Object::Null => out.extend(b"null"),
    }
}

fn page_of(document: &Document, number: u32) -> (ObjectId, Dictionary) {
    let id = document.get_pages()[&number];
    (id, document.get_dictionary(id).unwrap().clone())
}

#[test]
fn appended_changes() {
    let office = Office::new(1);
    for signed in [office.signed_once(), office.signed_twice()] {
        let document = Document::load_mem(&signed).unwrap();
        let new = (document.max_id + 1, 0);

        let (page_id, mut page) = page_of(&document, 1);
        let content = lopdf::Stream::new(Dictionary::new(), b"BT (lain) Tj ET".to_vec());
        page.set("Contents", Object::Reference(new));
        let page_change = [(new, content.into()), (page_id, page.into())];
        check(&appended(&signed, &page_change), Verdict::Altered, &[ChangedAfterSigning]);

        let (page_id, mut page) = page_of(&document, 2);
        let note =
            dictionary! { "Type" => "Annot", "Subtype" => "FreeText", "Contents" => Object::string_literal("x") };
        page.set("Annots", vec![Object::Reference(new)]);
        check(
            &appended(&signed, &[(new, note.into()), (page_id, page.into())]),
            Verdict::Altered,
            &[ChangedAfterSigning],
        );

        let root = document.trailer.get(b"Root").unwrap().as_reference().unwrap();
        let mut catalog = document.catalog().unwrap().clone();
        let file = dictionary! { "Type" => "Filespec", "F" => Object::string_literal("lain.json") };
        catalog.set("AF", vec![Object::Reference(new)]);
        check(
            &appended(&signed, &[(new, file.into()), (root, catalog.into())]),
            Verdict::Altered,
            &[ChangedAfterSigning],
        );

        let unused = [(new, Object::Dictionary(Dictionary::new()))];
        check(&appended(&signed, &unused), Verdict::Altered, &[ChangedAfterSigning]);
    }
}

#[test]
fn a_change_hidden_under_a_later_signature() {
    let office = Office::new(1);
    let signed = office.signed_once();
    let document = Document::load_mem(&signed).unwrap();
    let (page_id, mut page) = page_of(&document, 1);
    page.set("Rotate", 180);
    let changed = appended(&signed, &[(page_id, page.into())]);
    let resigned = sign(&changed, "ketua", &office.chair, today()).unwrap();
    check(&resigned, Verdict::Altered, &[ChangedAfterSigning]);
}

#[test]
fn a_signature_moved_to_another_document() {
    let office = Office::new(1);
    let signed = office.signed_once();
    let other = replaced(&base_report(), b"PENGAWASAN", b"PENGAWASIN");
    let length = other.len();
    check(&[other, signed[length..].to_vec()].concat(), Verdict::Altered, &[DigestMismatch]);
}

#[test]
fn a_file_cut_back_to_an_earlier_signature_says_so_by_the_empty_field() {
    let office = Office::new(1);
    let twice = office.signed_twice();
    let found = office.verify(&twice[..office.signed_once().len()]);
    assert_eq!((found.verdict, found.unsigned_fields), (Verdict::Genuine, vec!["ketua".to_owned()]));
}

#[track_caller]
fn check_trust(pdf: &[u8], trust: &TrustStore, at: Timestamp, problems: &[ProblemCode]) {
    let found = verify_document(pdf, trust, at);
    assert_eq!((found.verdict, &codes(&found)[..]), (Verdict::Untrusted, problems));
    assert!(found.signatures[0].intact && !found.signatures[0].trusted);
}

#[test]
fn signers_nobody_vouches_for() {
    let office = Office::new(1);
    let signed = office.signed_once();
    let year = SignedDuration::from_hours(24 * 366);
    check_trust(&signed, &TrustStore::default(), today(), &[UnknownAuthority]);
    // The stranger bears the same name, only the key differs.
    check_trust(&signed, &Office::new(2).trust(), today(), &[UnknownAuthority]);
    check_trust(&signed, &office.trust(), today() + year, &[CertificateExpired]);
    check_trust(&signed, &office.trust(), today() - year, &[CertificateNotYetValid]);
}

#[test]
fn a_server_cannot_sign_for_an_officer() {
    let office = Office::new(1);
    let names = ["localhost", "127.0.0.1"];
    let tls = office.authority.issue_tls(&names, &Serial::from(5), today(), 30, &mut Sequence(6)).unwrap();
    let server = Signer {
        key: SoftwareKey::from_pkcs8_der(&tls.private_key_pkcs8).unwrap(),
        certificate: tls.certificate_der,
        chain: vec![office.authority.certificate_der().to_vec()],
    };
    let signed = sign(&base_report(), "petugas", &server, today()).unwrap();
    check_trust(&signed, &office.trust(), today(), &[CertificateUsage]);
}
