//! What the invented people of the sample province write down.

use std::collections::BTreeSet;

use arumbae_domain::calendar::roman_month;
use arumbae_domain::schema::{Narrative, RecordId};
use arumbae_domain::*;
use jiff::civil::{Date, time};

/// The district the sample officer works in: Nusaniwe, Kota Ambon.
pub const DISTRICT: &str = "81.71.01";

/// A sentence that stands in the sample report and nowhere else; tests look for it where it must not be.
pub const TELLTALE: &str = "Lampu petromaks di para-para sagu padam tepat ketika spanduk itu diturunkan.";

/// A letter's number with the month and year it was written in, e.g. `004/LHP/PM.01.02/MA-01.01/VI/2024`.
fn number(head: &str, written: Option<Date>) -> String {
    written.map_or_else(|| head.to_owned(), |date| format!("{head}/{}/{}", roman_month(date), date.year()))
}

/// A report on a neighbourhood meeting yesterday, complete in all its sections.
pub fn report(
    blank: SupervisionReport,
    photos: Vec<Attachment>,
    mut id: impl FnMut() -> RecordId,
) -> SupervisionReport {
    let today = blank.signed_date;
    let yesterday = today.and_then(|today| today.yesterday().ok());
    SupervisionReport {
        regime: Some(ElectionRegime::Regional),
        number: number("004/LHP/PM.01.02/MA-01.01", today),
        stage: "Sosialisasi dan kampanye pemilihan".to_owned(),
        assignment_number: number("012/PM.00.02/K.MA-01.01", yesterday),
        officer_address: "Jalan Contoh Nomor 1, Nusaniwe".to_owned(),
        activities: vec![SupervisionActivity {
            id: id(),
            form: "Pengawasan langsung".to_owned(),
            purpose: "Memastikan pertemuan warga tidak dipakai untuk kampanye oleh aparatur negara".to_owned(),
            target: "Panitia pertemuan, aparatur kelurahan, warga".to_owned(),
            date: yesterday,
            starts_at: Some(time(19, 30, 0, 0)),
            ends_at: Some(time(21, 45, 0, 0)),
            place: "Balai warga contoh, Kelurahan Wainitu".to_owned(),
        }],
        findings_summary: Narrative(format!(
            "Pengawas tiba pukul 19.30 WIT bersama dua anggota PKD. Pertemuan dibuka ketua panitia dan dihadiri \
             sekitar enam puluh warga. Pukul 20.15 WIT seorang yang memperkenalkan diri sebagai pegawai kelurahan \
             mengajak warga mendukung salah satu bakal calon dan membagikan kalender bergambar. {TELLTALE} \
             Pengawas mengingatkan panitia, mencatat nama saksi, dan pertemuan dilanjutkan tanpa atribut."
        )),
        has_alleged_violation: Some(true),
        event: "Dugaan ajakan mendukung bakal calon oleh aparatur sipil negara".to_owned(),
        event_place: "Balai warga contoh, Kelurahan Wainitu".to_owned(),
        event_date: yesterday,
        event_time: Some(time(20, 15, 0, 0)),
        perpetrator_name: "Contoh Terlapor Satu".to_owned(),
        perpetrator_address: "Kelurahan Wainitu".to_owned(),
        witnesses: vec![
            Witness {
                id: id(),
                name: "Contoh Saksi Pertama".to_owned(),
                address: "RT 001 Wainitu".to_owned(),
                ..Witness::default()
            },
            Witness {
                id: id(),
                name: "Contoh Saksi Kedua".to_owned(),
                address: "RT 003 Wainitu".to_owned(),
                ..Witness::default()
            },
        ],
        evidence: vec![
            EvidenceItem {
                id: id(),
                class: Some(EvidenceClass::Proof),
                description: "Keterangan dua orang saksi".to_owned(),
                attachment: None,
            },
            EvidenceItem {
                id: id(),
                class: Some(EvidenceClass::Exhibit),
                description: "Satu lembar kalender bergambar bakal calon".to_owned(),
                attachment: photos.first().map(|photo| photo.id),
            },
        ],
        violation_summary: "Terlapor mengajak warga mendukung bakal calon dan membagikan kalender.".into(),
        facts: "Ajakan didengar dua saksi; kalender diterima satu warga dan difoto.".into(),
        analysis: "Perbuatan itu diduga melanggar kewajiban netralitas aparatur sipil negara.".into(),
        has_potential_dispute: Some(false),
        signed_place: "Nusaniwe".to_owned(),
        attachments: photos,
        ..blank
    }
}

/// What the form adds to a finding made from the report.
pub fn finding(prefilled: Finding) -> Finding {
    let mut finding = Finding {
        number: number("001/TM/PG/Kec.Nusaniwe", prefilled.signed_date),
        violation_classes: BTreeSet::from([ViolationClass::OtherLaw]),
        issues: BTreeSet::from([CrucialIssue::CivilServantNeutrality]),
        candidate_determined: Some(false),
        ..prefilled
    };
    for person in &mut finding.reported_persons {
        person.staff_group = Some(StaffGroup::Pns);
        person.staff_number = "198503122010011007".to_owned();
        person.position = "Staf".to_owned();
        person.agency = "Kantor Kelurahan contoh".to_owned();
    }
    finding
}

/// A hybrid meeting on the neutrality of civil servants.
pub fn event(blank: OutreachEvent, mut id: impl FnMut() -> RecordId) -> OutreachEvent {
    OutreachEvent {
        regime: Some(ElectionRegime::Regional),
        title: "Sosialisasi Netralitas ASN Kecamatan Nusaniwe".to_owned(),
        form: Some(OutreachForm::Socialization),
        mode: Some(EventMode::Hybrid),
        basis_letter: number("020/PM.03.02/K.MA-01.01", blank.date),
        organiser: "Panwaslu Kecamatan Nusaniwe".to_owned(),
        starts_at: Some(time(9, 0, 0, 0)),
        ends_at: Some(time(10, 45, 0, 0)),
        place: "Aula contoh, Nusaniwe".to_owned(),
        link: "https://rapat.contoh.invalid/81234567890".to_owned(),
        intent: "Menyamakan pemahaman aparatur di kecamatan tentang netralitas.".into(),
        purpose: "Terwujudnya aparatur yang netral dan terlihat netral pada pemilihan.".into(),
        issues: BTreeSet::from([CrucialIssue::CivilServantNeutrality, CrucialIssue::Hoax]),
        outcome: "Tiga peserta bertanya tentang foto bersama dan tanda suka di media sosial.".into(),
        recommendation: "Apel ikrar di setiap kelurahan sebelum masa kampanye.".into(),
        speakers: vec![
            Speaker {
                id: id(),
                name: "Contoh Narasumber Pertama".to_owned(),
                agency: "Bawaslu Kota contoh".to_owned(),
                position: "Anggota".to_owned(),
                topic: "Batas-batas netralitas ASN".to_owned(),
            },
            Speaker {
                id: id(),
                name: "Contoh Narasumber Kedua".to_owned(),
                agency: "BKPSDM contoh".to_owned(),
                position: "Kepala Bidang".to_owned(),
                topic: "Disiplin pegawai dan media sosial".to_owned(),
            },
        ],
        invited_agencies: vec![
            InvitedAgency { id: id(), name: "Kantor Kecamatan Nusaniwe".to_owned(), invited_count: Some(12) },
            InvitedAgency { id: id(), name: "SD Negeri Contoh 1".to_owned(), invited_count: Some(6) },
        ],
        ..blank
    }
}

/// The drawn pictures that stand for photographs, with their captions.
pub const PHOTOS: [(&str, &[u8], &str); 2] = [
    ("foto-1.jpg", include_bytes!("../../../assets/sample/foto-1.jpg"), "Perahu di depan balai warga (gambar contoh)"),
    ("foto-2.jpg", include_bytes!("../../../assets/sample/foto-2.jpg"), "Balai warga dari depan (gambar contoh)"),
];

/// An attendance list as a secretariat keeps it in a spreadsheet, separated by semicolons.
pub const ATTENDANCE_CSV: &[u8] = include_bytes!("../../../assets/sample/daftar-hadir.csv");

/// A participant report as Zoom writes it.
pub const ZOOM_CSV: &[u8] = include_bytes!("../../../assets/sample/zoom-peserta.csv");
