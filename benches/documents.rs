//! A kegiatan with its daftar hadir, from the save to the verified document: what one action of an officer takes.

use std::error::Error;
use std::time::{Duration, Instant};

use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Record, RecordId};
use arumbae_domain::{Attendee, OutreachEvent, Paper, RegionCode, Scope, Sex, StaffGroup};
use arumbae_measure::merging::NOW_MS;
use arumbae_report::signature_appearance::{self, SignatureStamp};
use arumbae_report::{Imprint, Signer, attendance_list};
use arumbae_signing::authority::CertificateAuthority;
use arumbae_signing::certificate::Serial;
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::sign::{SignRequest, field_size, sign_document};
use arumbae_signing::subject::Subject;
use arumbae_signing::trust::TrustStore;
use arumbae_signing::verify::{Verdict, verify_document};
use arumbae_store::{SaveContext, Store};
use jiff::Timestamp;
use jiff::civil::{date, time};
use rand_core::OsRng;
use uuid::Uuid;

fn district() -> RegionCode {
    "81.71.01".parse().expect("the code of a district")
}

fn id(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(0x018d_8000_0000_7000_8000_0000_0000_0000 + number))
}

fn event(number: u128, attendees: usize) -> OutreachEvent {
    let attendee = |at: usize| Attendee {
        id: id(number * 10_000 + 1 + at as u128),
        name: format!("Contoh Peserta {}, S.Pd.", at + 1),
        staff_number: if at % 4 == 3 { String::new() } else { format!("19870312201001{:04}", at % 10_000) },
        position: ["Guru", "Pengelola Data dan Informasi", "Perangkat Desa"][at % 3].to_owned(),
        agency: format!("Kantor Contoh {}", at % 17),
        sex: Some([Sex::Female, Sex::Male][at % 2].clone()),
        phone: format!("0812-0000-{:04}", at % 10_000),
        staff_group: Some([StaffGroup::Pns, StaffGroup::Pppk, StaffGroup::Village][at % 3].clone()),
        ..Attendee::default()
    };
    OutreachEvent {
        id: id(number * 10_000),
        title: "Sosialisasi Netralitas ASN".to_owned(),
        organiser: "Panwaslu Kecamatan Contoh".to_owned(),
        date: Some(date(2024, 2, 14)),
        starts_at: Some(time(9, 0, 0, 0)),
        place: "Balai Kecamatan Contoh".to_owned(),
        attendees: (0..attendees).map(attendee).collect(),
        ..OutreachEvent::default()
    }
}

/// How long a kegiatan with so many attendees takes to be on the disk, once per round.
pub fn time_saves(store: &mut Store, attendees: usize, rounds: usize) -> arumbae_store::Result<Vec<Duration>> {
    let context = SaveContext { now_ms: NOW_MS, scope: Scope::open(district()), seen: None };
    let mut times = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let changes = changes_between(None, &event(1 + round as u128, attendees).to_document());
        let start = Instant::now();
        store.save(&changes, &context)?;
        times.push(start.elapsed());
    }
    Ok(times)
}

/// A daftar hadir made, signed and verified once.
#[derive(Clone, Copy, Debug)]
pub struct Issued {
    /// Laying it out and writing the file.
    pub rendered: Duration,
    /// Signing it, the visible stamp included.
    pub signed: Duration,
    /// Verifying it.
    pub verified: Duration,
    /// The signed file.
    pub bytes: usize,
}

/// An officer who can sign, and whom the verifier trusts.
pub struct Office {
    key: SoftwareKey,
    certificate: Vec<u8>,
    authority: Vec<u8>,
    trust: TrustStore,
    now: Timestamp,
}

impl Office {
    /// Makes keys and certificates.
    pub fn new() -> Result<Office, Box<dyn Error>> {
        let now = Timestamp::from_millisecond(NOW_MS as i64)?;
        let named = |name: &str| Subject { common_name: name.to_owned(), ..Subject::default() };
        let authority = CertificateAuthority::create(&named("Bawaslu Provinsi Contoh"), now, &mut OsRng)?;
        let key = SoftwareKey::generate(&mut OsRng);
        let request = certificate_request(&key, &named("Petugas Contoh"))?;
        let certificate = authority.issue_officer(&request, &Serial::random(&mut OsRng)?, now, 365)?;
        let mut trust = TrustStore::default();
        trust.add_der(authority.certificate_der())?;
        Ok(Office { key, certificate, authority: authority.certificate_der().to_vec(), trust, now })
    }

    /// Makes a daftar hadir, signs and verifies it.
    pub fn issue(&self, attendees: usize) -> Result<Issued, Box<dyn Error>> {
        let event = event(1, attendees);
        let officer = Signer { name: "Petugas Contoh".to_owned(), position: "Anggota".to_owned() };
        let imprint = Imprint {
            document: id(7),
            paper: Paper::A4,
            issued_at: self.now,
            office: "Panwaslu Kecamatan Contoh".to_owned(),
            sample: true,
        };
        let start = Instant::now();
        let rendered = attendance_list::render(&attendance_list::AttendanceListInput {
            event: &event,
            officer: &officer,
            signed_place: "Ambon",
            signed_date: Some(date(2024, 2, 14)),
            imprint: &imprint,
        })?;
        let after_render = Instant::now();
        let (width, height) = field_size(&rendered.pdf, "petugas")?;
        let stamp = signature_appearance::render(&SignatureStamp {
            name: &officer.name,
            position: &officer.position,
            signed_at_text: "14 Februari 2024 07.00 WIT",
            serial: "0123456789abcdef",
            qr_text: "arumbae:018d8000-0000-7000-8000-000000000007",
            width,
            height,
        })?;
        let request = SignRequest {
            field: "petugas",
            key: &self.key,
            certificate_der: &self.certificate,
            chain: std::slice::from_ref(&self.authority),
            appearance: Some(&stamp),
            signed_at: self.now,
            reason: None,
            location: None,
        };
        let signed = sign_document(&rendered.pdf, &request)?;
        let after_sign = Instant::now();
        let verification = verify_document(&signed, &self.trust, self.now);
        let after_verify = Instant::now();
        if verification.verdict != Verdict::Genuine {
            return Err("the measured document does not verify".into());
        }
        Ok(Issued {
            rendered: after_render - start,
            signed: after_sign - after_render,
            verified: after_verify - after_sign,
            bytes: signed.len(),
        })
    }
}
