//! Time stamps: what is asked, what is given, what is believed.

use arumbae_signing::certificate::{Serial, serial_of};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::revocation::{RevocationReason, RevokedCertificate};
use arumbae_signing::subject::Subject;
use arumbae_signing::time_stamp::{
    Refusal, TimeStampAuthority, TimeStampError, read_reply, time_stamp_query, verify_time_stamp,
};
use arumbae_signing::trust::TrustStore;
use arumbae_signing::verify::ProblemCode;
use jiff::{SignedDuration, Timestamp};

use crate::fixture::{Office, Sequence, today};

const DIGEST: [u8; 32] = [0x5a; 32];
const NONCE: u64 = 0xfedc_ba98_7654_3210;

fn authority(office: &Office) -> TimeStampAuthority {
    let key = SoftwareKey::generate(&mut Sequence(77));
    let subject = Subject { common_name: "TSA Contoh".into(), ..Subject::default() };
    let certificate =
        office.authority.issue_time_stamping(&subject, &key, &Serial::from(7), today(), 365).expect("a certificate");
    let chain = [office.authority.certificate_der()];
    TimeStampAuthority::from_parts(&certificate, &chain, &key.to_pkcs8_der().unwrap()).unwrap()
}

fn token(office: &Office) -> Vec<u8> {
    let query = time_stamp_query(&DIGEST, NONCE).unwrap();
    let reply = authority(office).stamp(&query, &Serial::from(12), today()).unwrap();
    read_reply(&reply, &query).unwrap()
}

#[test]
fn a_stamp_says_when_and_who() {
    let office = Office::new(1);
    let token = token(&office);
    let stamp = verify_time_stamp(&token, &DIGEST, &office.trust(), today()).unwrap();
    assert_eq!((stamp.at, stamp.accuracy_seconds, stamp.serial.as_str()), (today(), Some(1), "0c"));
    assert_eq!(stamp.authority.common_name, "TSA Contoh");
    let padded = [token.as_slice(), &[0; 40]].concat();
    assert!(verify_time_stamp(&padded, &DIGEST, &office.trust(), today()).is_ok(), "as it lies in a document");
    let later = today() + SignedDuration::from_hours(24 * 365 * 3);
    assert!(verify_time_stamp(&token, &DIGEST, &office.trust(), later).is_ok(), "it proves what was, not what is");
}

#[test]
fn a_stamp_is_for_one_document_and_one_query() {
    let office = Office::new(1);
    let token = token(&office);
    let outcome = verify_time_stamp(&token, &[0; 32], &office.trust(), today());
    assert!(matches!(outcome, Err(TimeStampError::OtherContent)));
    let query = time_stamp_query(&DIGEST, NONCE).unwrap();
    let reply = authority(&office).stamp(&query, &Serial::from(12), today()).unwrap();
    for other in [time_stamp_query(&DIGEST, 1).unwrap(), time_stamp_query(&[0; 32], NONCE).unwrap()] {
        assert!(matches!(read_reply(&reply, &other), Err(TimeStampError::OtherContent)), "answers another query");
    }
    assert!(matches!(read_reply(b"<html>masuk</html>", &query), Err(TimeStampError::Unreadable)));
}

#[test]
fn every_octet_of_a_stamp_is_protected() {
    let office = Office::new(1);
    let token = token(&office);
    for index in 0..token.len() {
        let mut changed = token.clone();
        changed[index] ^= 1 << (index % 8);
        let read = verify_time_stamp(&changed, &DIGEST, &office.trust(), today());
        assert!(read.is_err(), "the change of octet {index} went unnoticed");
    }
}

#[track_caller]
fn check_untrusted(token: &[u8], trust: &TrustStore, at: Timestamp, expected: &[ProblemCode]) {
    match verify_time_stamp(token, &DIGEST, trust, at) {
        Err(TimeStampError::Untrusted(problems)) => assert_eq!(problems, expected),
        other => panic!("believed, or not read: {other:?}"),
    }
}

#[test]
fn stamps_nobody_vouches_for() {
    let office = Office::new(1);
    let token = token(&office);
    check_untrusted(&token, &Office::new(2).trust(), today(), &[ProblemCode::UnknownAuthority]);
    let mut trust = office.trust();
    let serial = serial_of(authority(&office).certificate_der()).unwrap();
    let tomorrow = today() + SignedDuration::from_hours(24);
    let revoked = |reason| RevokedCertificate { serial: serial.clone(), at: tomorrow, reason };
    trust.add_revoked(revoked(RevocationReason::Superseded));
    assert!(verify_time_stamp(&token, &DIGEST, &trust, tomorrow).is_ok(), "given before the key was replaced");
    trust.add_revoked(revoked(RevocationReason::KeyCompromise));
    assert!(verify_time_stamp(&token, &DIGEST, &trust, today()).is_ok(), "nobody knew yet");
    check_untrusted(&token, &trust, tomorrow, &[ProblemCode::CertificateRevoked]);
}

#[test]
fn an_officers_key_stamps_nothing() {
    let office = Office::new(1);
    let officer = &office.officer;
    let chain: Vec<&[u8]> = officer.chain[..1].iter().map(Vec::as_slice).collect();
    let pretender =
        TimeStampAuthority::from_parts(&officer.certificate, &chain, &officer.key.to_pkcs8_der().unwrap()).unwrap();
    let query = time_stamp_query(&DIGEST, NONCE).unwrap();
    let reply = pretender.stamp(&query, &Serial::from(1), today()).unwrap();
    let token = read_reply(&reply, &query).unwrap();
    check_untrusted(&token, &office.trust(), today(), &[ProblemCode::CertificateUsage]);
}

/// A query that is refused, and the reason as the client reads it from the reply.
#[track_caller]
fn check_refused(query: &[u8], now: Timestamp, expected: Refusal) {
    let office = Office::new(1);
    let refusal = authority(&office).stamp(query, &Serial::from(1), now).unwrap_err();
    assert_eq!(refusal, expected);
    match read_reply(&refusal.to_reply().unwrap(), query) {
        Err(TimeStampError::Refused(Some(read))) => assert_eq!(read, expected),
        other => panic!("read as {other:?}"),
    }
}

/// The query with a stretch of its bytes replaced by others of the same length.
#[track_caller]
fn with(old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut query = time_stamp_query(&DIGEST, NONCE).unwrap();
    let at = query.windows(old.len()).position(|window| window == old).expect("it is in the query");
    query[at..at + old.len()].copy_from_slice(new);
    query
}

#[test]
fn queries_that_get_no_stamp() {
    let sha256 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let of_last_digit = |digit| [&sha256[..8], &[digit]].concat();
    check_refused(b"", today(), Refusal::BadDataFormat);
    check_refused(b"bukan kueri", today(), Refusal::BadDataFormat);
    check_refused(&with(&[2, 1, 1], &[2, 1, 2]), today(), Refusal::BadDataFormat);
    check_refused(&with(&sha256, &of_last_digit(4)), today(), Refusal::BadAlgorithm);
    check_refused(&with(&sha256, &of_last_digit(3)), today(), Refusal::BadDataFormat);
    let query = time_stamp_query(&DIGEST, NONCE).unwrap();
    check_refused(&query, Timestamp::UNIX_EPOCH, Refusal::TimeNotAvailable);
    check_refused(&query, "2099-01-01T00:00:00Z".parse().unwrap(), Refusal::TimeNotAvailable);
    // A policy 1.2.3.4 and an extension 1.2.3.4, spliced in behind the digest and at the end.
    let spliced = |at: usize, bytes: &[u8]| {
        let mut changed = [&query[..at], bytes, &query[at..]].concat();
        changed[1] += bytes.len() as u8;
        changed
    };
    let behind_digest = query.windows(32).position(|window| window == DIGEST).unwrap() + 32;
    check_refused(&spliced(behind_digest, &[6, 3, 0x2a, 3, 4]), today(), Refusal::UnacceptedPolicy);
    let extension = [0xa0, 0x0a, 0x30, 0x08, 6, 3, 0x2a, 3, 4, 4, 1, 0];
    check_refused(&spliced(query.len(), &extension), today(), Refusal::UnacceptedExtension);
}
