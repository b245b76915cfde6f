//! Requests, certificates and the authority behind them.

use arumbae_signing::authority::{CertificateAuthority, authority_id, issuer_id};
use arumbae_signing::certificate::{CertificateError, Serial, serial_of, subject_of, validity_of};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::{certificate_request, verify_request};
use arumbae_signing::subject::Subject;
use arumbae_signing::trust::{TrustStore, chain_above};
use arumbae_signing::verify::{ProblemCode, Verdict};
use jiff::{SignedDuration, Timestamp};

use crate::fixture::{Office, Sequence, base_report, enrol, sign, today};

#[track_caller]
fn check_subject(name: &str, position: &str, office: &str, expected: [&str; 3]) {
    let key = SoftwareKey::generate(&mut Sequence(1));
    let subject = Subject { common_name: name.into(), position: position.into(), office: office.into() };
    let read = verify_request(&certificate_request(&key, &subject).unwrap()).unwrap().subject;
    assert_eq!([&*read.common_name, &*read.position, &*read.office], expected);
}

#[test]
fn a_subject_survives_the_request() {
    check_subject("Contoh, S.H., M.H.", "Ketua", "Panwaslu A", ["Contoh, S.H., M.H.", "Ketua", "Panwaslu A"]);
    check_subject("O=Palsu\\, \"x\" + CN=y", "", "", ["O=Palsu\\, \"x\" + CN=y", "", ""]);
    check_subject("  Dua \n baris\u{7} ", "", "", ["Dua baris", "", ""]);
    check_subject(
        "Contoh",
        "Anggota",
        "Panitia Pengawas Pemilihan Umum Kecamatan Pulau-Pulau Terselatan Kabupaten Contoh",
        ["Contoh", "Anggota", "Panitia Pengawas Pemilihan Umum Kecamatan Pulau-Pulau Terselatan"],
    );
    check_subject(&"ä".repeat(70), "", "", [&"ä".repeat(64), "", ""]);
}

#[test]
fn a_request_without_a_name_is_refused() {
    let key = SoftwareKey::generate(&mut Sequence(1));
    let refused = certificate_request(&key, &Subject { position: "Ketua".into(), ..Subject::default() });
    assert!(matches!(refused, Err(CertificateError::NameMissing)));
}

#[test]
fn no_byte_of_a_request_can_be_changed() {
    let office = Office::new(2);
    let key = SoftwareKey::generate(&mut Sequence(3));
    let subject = Subject { common_name: "Contoh".into(), ..Subject::default() };
    let request = certificate_request(&key, &subject).unwrap();
    for index in 0..request.len() {
        let mut changed = request.clone();
        changed[index] ^= 1;
        let issued = office.authority.issue_officer(&changed, &Serial::from(7), today(), 30);
        assert!(issued.is_err(), "byte {index} of the request was changed and a certificate issued");
    }
}

#[test]
fn an_authority_is_read_back_from_its_parts() {
    let office = Office::new(4);
    let (root, issuing) = (office.root.certificate_der(), office.authority.certificate_der());
    let key = office.authority.private_key_pkcs8().unwrap();
    let read = CertificateAuthority::from_parts(issuing, root, &key).unwrap();
    assert_eq!(read.certificate_der(), issuing);

    let other = Office::new(5);
    let mismatch = CertificateAuthority::from_parts(issuing, root, &other.authority.private_key_pkcs8().unwrap());
    assert!(matches!(mismatch, Err(CertificateError::KeyMismatch)));
    let foreign = CertificateAuthority::from_parts(issuing, other.root.certificate_der(), &key);
    assert!(matches!(foreign, Err(CertificateError::BadSignature)));
    let officer = office.officer.key.to_pkcs8_der().unwrap();
    let leaf = CertificateAuthority::from_parts(&office.officer.certificate, issuing, &officer);
    assert!(matches!(leaf, Err(CertificateError::NotAnAuthority)));
}

#[test]
fn a_root_is_carried_away_under_a_passphrase_and_brought_back() {
    let office = Office::new(4);
    let pem = office.root.private_key_encrypted_pem("rahasia contoh", &mut Sequence(1)).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "what other programs open, too");
    let read = CertificateAuthority::root_from_encrypted_pem(office.root.certificate_der(), &pem, "rahasia contoh");
    assert_eq!(*read.unwrap().private_key_pkcs8().unwrap(), *office.root.private_key_pkcs8().unwrap());
    let wrong = CertificateAuthority::root_from_encrypted_pem(office.root.certificate_der(), &pem, "salah");
    assert!(matches!(wrong, Err(CertificateError::Passphrase(_))));
    let foreign =
        CertificateAuthority::root_from_encrypted_pem(Office::new(5).root.certificate_der(), &pem, "rahasia contoh");
    assert!(matches!(foreign, Err(CertificateError::KeyMismatch)));
}

#[test]
fn a_root_certified_anew_stays_the_root_that_devices_pinned() {
    let office = Office::of_one_level(4);
    let anew = office.root.certified_anew(&mut Sequence(9)).unwrap();
    assert_ne!(anew.certificate_der(), office.root.certificate_der());
    assert!(anew.may_issue_authorities());
    let subject = Subject { common_name: "CA Penerbit Contoh".into(), ..Subject::default() };
    let issuing = anew.issue_authority(&subject, &Serial::from(5), today(), &mut Sequence(10)).unwrap();
    let chain = [issuing.certificate_der(), anew.certificate_der()];
    let officer = enrol(&issuing, &chain, "Contoh Petugas", "", 6, &mut Sequence(11));
    let signed = sign(&base_report(), "petugas", &officer, today()).unwrap();
    let found = office.verify(&signed);
    assert_eq!(found.verdict, Verdict::Genuine, "{found:#?}");
}

#[test]
fn an_authority_below_the_root_vouches_for_no_other() {
    let office = Office::new(4);
    assert!(office.root.may_issue_authorities() && !office.authority.may_issue_authorities());
    let subject = Subject { common_name: "CA Liar Contoh".into(), ..Subject::default() };
    let rogue = office.authority.issue_authority(&subject, &Serial::from(5), today(), &mut Sequence(10)).unwrap();
    let chain = [rogue.certificate_der(), office.authority.certificate_der(), office.root.certificate_der()];
    let officer = enrol(&rogue, &chain, "Contoh Petugas", "", 6, &mut Sequence(11));
    let signed = sign(&base_report(), "petugas", &officer, today()).unwrap();
    assert_eq!(office.verify(&signed).problems[0].code, ProblemCode::UnknownAuthority);
}

#[test]
fn the_chain_above_a_certificate_is_put_together() {
    let office = Office::new(4);
    let (root, issuing) = (office.root.certificate_der(), office.authority.certificate_der());
    let stranger = Office::new(5);
    let known = [root, stranger.root.certificate_der(), issuing];
    let chain = chain_above(&office.officer.certificate, &known).unwrap();
    assert_eq!(chain, [issuing, root]);
    assert!(chain_above(&office.officer.certificate, &[root]).unwrap().is_empty(), "a link is missing");
}

#[test]
fn certificates_say_where_revocations_are_found() {
    let office = Office::new(4);
    let text = String::from_utf8_lossy(&office.officer.certificate).into_owned();
    let id = authority_id(office.authority.certificate_der()).unwrap();
    assert_eq!(issuer_id(&office.officer.certificate).unwrap().as_deref(), Some(id.as_str()));
    assert!(text.contains(&format!("http://arumbae.contoh.invalid/crl/{id}.crl")));
    assert!(text.contains(&format!("http://arumbae.contoh.invalid/ca/{id}.cer")));
}

#[test]
fn an_officers_certificate_says_who_and_how_long() {
    let office = Office::new(6);
    let certificate = &office.officer.certificate;
    assert_eq!(serial_of(certificate).unwrap().to_string(), "03e9");
    assert_eq!(subject_of(certificate).unwrap().position, "Staf Pengawasan");
    let (from, until) = validity_of(certificate).unwrap();
    assert!(from < today(), "a laptop whose clock is an hour behind can sign at once");
    assert_eq!(until, today() + SignedDuration::from_hours(24 * 365));
}

#[track_caller]
fn check_period(now: &str, days: u32, expected: Option<(&str, &str)>) {
    let office = Office::of_one_level(7);
    let key = SoftwareKey::generate(&mut Sequence(8));
    let subject = Subject { common_name: "Contoh".into(), ..Subject::default() };
    let request = certificate_request(&key, &subject).unwrap();
    let issued = office.authority.issue_officer(&request, &Serial::from(9), now.parse().unwrap(), days);
    let period = issued.map(|der| validity_of(&der).unwrap());
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(period.ok(), expected.map(|(from, until)| (time(from), time(until))));
}

#[test]
fn no_certificate_outlives_its_authority() {
    check_period("2026-11-16T00:00:00Z", 10, Some(("2026-11-15T00:00:00Z", "2026-11-26T00:00:00Z")));
    check_period("2026-11-14T04:00:00Z", 1, Some(("2026-11-14T03:15:00Z", "2026-11-15T04:00:00Z")));
    check_period("2046-11-01T00:00:00Z", 365, Some(("2046-10-31T00:00:00Z", "2046-11-10T03:15:00Z")));
    check_period("1970-01-01T00:00:00Z", 365, None);
    check_period("2099-01-01T00:00:00Z", 365, None);
}

#[track_caller]
fn check_tls(names: &[&str], accepted: bool) {
    let office = Office::new(10);
    let identity = office.authority.issue_tls(names, &Serial::from(11), today(), 90, &mut Sequence(12));
    assert_eq!(identity.is_ok(), accepted, "{names:?}");
}

#[test]
fn a_server_is_named_by_dns_name_or_address() {
    check_tls(&["localhost", "127.0.0.1", "::1", "arumbae.contoh.go.id"], true);
    check_tls(&[], false);
    check_tls(&[""], false);
    check_tls(&["bukan nama"], false);
    check_tls(&["http://localhost"], false);
}

#[test]
fn a_serial_number_is_positive_and_short() {
    assert!(Serial::from_bytes(&[]).is_err());
    assert!(Serial::from_bytes(&[0, 0]).is_err());
    assert!(Serial::from_bytes(&[1; 21]).is_err());
    assert_eq!(Serial::random(&mut Sequence(13)).unwrap().to_string().len(), 32);
    assert_eq!(Serial::from(0xff).to_string(), "ff", "the sign octet of DER is not shown");
}

#[test]
fn a_key_survives_storage_and_never_shows() {
    let key = SoftwareKey::generate(&mut Sequence(14));
    let read = SoftwareKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
    assert_eq!(read.public_key_der().unwrap(), key.public_key_der().unwrap());
    assert_eq!(format!("{key:?}"), "SoftwareKey(..)");
    assert!(SoftwareKey::from_pkcs8_der(b"bukan kunci").is_err());
}

#[test]
fn only_authorities_are_trusted() {
    let office = Office::new(15);
    let leaf = arumbae_signing::certificate::certificate_pem(&office.officer.certificate).unwrap();
    assert!(matches!(TrustStore::from_pem(&leaf), Err(CertificateError::NotAnAuthority)));
    assert!(matches!(TrustStore::from_pem(""), Err(CertificateError::Empty)));
    assert!(TrustStore::from_pem("-----BEGIN CERTIFICATE-----\nAAAA").is_err());
    let root = office.root.certificate_pem().unwrap();
    let two = format!("Provinsi Contoh\n{root}\nNasional\n{}", Office::new(16).root.certificate_pem().unwrap());
    assert!(TrustStore::from_pem(&two).is_ok());
    assert!(TrustStore::from_pem(&format!("{root}{leaf}")).is_err(), "a leaf among authorities is refused as well");
}
