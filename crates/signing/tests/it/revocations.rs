//! Revoked certificates: the lists of them, and what becomes of what they signed.

use arumbae_signing::certificate::{Serial, serial_of};
use arumbae_signing::revocation::{RevocationReason, RevokedCertificate, read_revocation_list};
use arumbae_signing::verify::{ProblemCode, Verdict, verify_document};
use jiff::{SignedDuration, Timestamp};

use crate::fixture::{Office, today};

const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);

fn revoked(serial: u64, at: Timestamp, reason: RevocationReason) -> RevokedCertificate {
    RevokedCertificate { serial: Serial::from(serial), at, reason }
}

#[test]
fn a_list_is_read_back_as_it_was_signed() {
    let office = Office::new(1);
    for revoked in [
        Vec::new(),
        RevocationReason::ALL.iter().zip(1..).map(|(reason, serial)| revoked(serial, today(), *reason)).collect(),
    ] {
        let list = office.authority.revocation_list(&revoked, 7, today(), WEEK).unwrap();
        let read = read_revocation_list(&list, office.authority.certificate_der()).unwrap();
        assert_eq!((read.made_at, read.next_update, &read.revoked), (today(), Some(today() + WEEK), &revoked));
    }
}

#[test]
fn a_certificate_is_revoked_once_and_from_the_first_time_on() {
    let office = Office::new(1);
    let first = revoked(9, today(), RevocationReason::KeyCompromise);
    let again = revoked(9, today() + WEEK, RevocationReason::Superseded);
    let list = office.authority.revocation_list(&[again, first.clone()], 1, today() + WEEK, WEEK).unwrap();
    let read = read_revocation_list(&list, office.authority.certificate_der()).unwrap();
    assert_eq!(read.revoked, [first]);
}

#[test]
fn nobody_else_signs_a_list_and_nothing_in_it_can_be_changed() {
    let office = Office::new(1);
    let reasons = [revoked(9, today(), RevocationReason::KeyCompromise)];
    let list = office.authority.revocation_list(&reasons, 1, today(), WEEK).unwrap();
    assert!(read_revocation_list(&list, Office::new(2).authority.certificate_der()).is_err(), "another key");
    assert!(read_revocation_list(&list, office.root.certificate_der()).is_err(), "another authority");
    for index in 0..list.len() {
        let mut changed = list.clone();
        changed[index] ^= 1;
        let read = read_revocation_list(&changed, office.authority.certificate_der());
        assert!(read.is_err(), "the change of octet {index} went unnoticed");
    }
}

#[track_caller]
fn check_document(reason: RevocationReason, after_signing_hours: i64, expected: &[ProblemCode]) {
    let office = Office::new(1);
    let mut trust = office.trust();
    let at = today() + SignedDuration::from_hours(after_signing_hours);
    trust.add_revoked(RevokedCertificate { serial: serial_of(&office.officer.certificate).unwrap(), at, reason });
    let found = verify_document(&office.signed_once(), &trust, today() + WEEK);
    let codes: Vec<ProblemCode> = found.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, expected, "{reason:?}, revoked {after_signing_hours} h after signing");
    let verdict = if expected.is_empty() { Verdict::Genuine } else { Verdict::Untrusted };
    assert_eq!(found.verdict, verdict);
}

#[test]
fn what_a_revoked_certificate_signed_before_counts_unless_the_key_was_stolen() {
    use ProblemCode::CertificateRevoked;
    check_document(RevocationReason::Superseded, 1, &[]);
    check_document(RevocationReason::AffiliationChanged, 1, &[]);
    check_document(RevocationReason::Superseded, -1, &[CertificateRevoked]);
    check_document(RevocationReason::KeyCompromise, 1, &[CertificateRevoked]);
    check_document(RevocationReason::Unspecified, 1, &[CertificateRevoked]);
    check_document(RevocationReason::KeyCompromise, 24 * 8, &[]);
}

#[test]
fn an_authority_that_was_revoked_takes_its_officers_along() {
    let office = Office::new(1);
    let mut trust = office.trust();
    let serial = serial_of(office.authority.certificate_der()).unwrap();
    trust.add_revoked(RevokedCertificate { serial, at: today(), reason: RevocationReason::AuthorityCompromise });
    let found = verify_document(&office.signed_once(), &trust, today());
    assert_eq!(found.problems[0].code, ProblemCode::CertificateRevoked);
}
