//! Invented records for the tests of the documents.

use arumbae_domain::schema::{Narrative, RecordId};
use arumbae_domain::{
    Attendee, ElectionRegime, EventMode, EvidenceClass, EvidenceItem, OutreachEvent, OutreachForm, Paper, Sex, Speaker,
    StaffGroup, SupervisionActivity, SupervisionReport, Witness,
};
use jiff::Timestamp;
use jiff::civil::{Date, Time, date, time};
use uuid::Uuid;

use crate::{Imprint, Photo, Signer};

fn id(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(0x0192_1000_7000_8000_0000_0000_0000_0000 + number))
}

pub(crate) fn imprint(paper: Paper, sample: bool) -> Imprint {
    Imprint {
        document: id(0xd0c),
        paper,
        issued_at: Timestamp::from_second(1_726_893_900).expect("a moment in 2024"),
        office: "Panwaslu Kecamatan Contoh & Sekitarnya".into(),
        sample,
    }
}

pub(crate) fn chair() -> Signer {
    Signer { name: "Contoh Ketua, S.H.".into(), position: "Ketua Panwaslu Kecamatan Teluk Contoh".into() }
}

fn activity(number: u128, date: Date, from: Time, until: Option<Time>) -> SupervisionActivity {
    SupervisionActivity {
        id: id(number),
        form: "Pengawasan langsung kampanye tatap muka dan dialog".into(),
        purpose: "Memastikan kampanye berlangsung sesuai jadwal, tempat, dan ketentuan, serta mencegah keterlibatan aparatur sipil negara".into(),
        target: "Pelaksana kampanye, peserta, dan petugas kampanye".into(),
        date: Some(date),
        starts_at: Some(from),
        ends_at: until,
        place: "Lapangan Contoh, Negeri Uji Coba, RT 002/RW 003".into(),
    }
}

/// A narrative of about so many lines.
pub(crate) fn narrative(paragraphs: usize) -> Narrative {
    const PARAGRAPH: &str = "Pada pukul 09.15 WIT pengawas tiba di lokasi kegiatan dan bertemu dengan koordinator lapangan. \
        Jumlah peserta yang hadir diperkirakan 150 orang, sebagian besar membawa alat peraga kampanye berupa bendera dan kaus. \
        Pengawas menyampaikan imbauan secara lisan agar tidak melibatkan anak di bawah umur; imbauan itu diterima dengan baik.";
    Narrative((1..=paragraphs).map(|number| format!("{number}. {PARAGRAPH}")).collect::<Vec<_>>().join("\n"))
}

pub(crate) fn report() -> SupervisionReport {
    SupervisionReport {
        id: id(1),
        regime: Some(ElectionRegime::Regional),
        number: "004/LHP/PM.01.02/JI-00.00.0000/21/IX/2024".into(),
        stage: "Kampanye".into(),
        officer_name: "Contoh Petugas Núñez-Latuconsina, S.Sos.".into(),
        officer_position: "Anggota Panwaslu Kecamatan Teluk Contoh, Koordinator Divisi Pencegahan".into(),
        assignment_number: "197/PM.00.02/K.JI-00.00/06/2024".into(),
        officer_address: "Jalan Contoh Nomor 1, Kelurahan Uji (Pantai/Gunung)".into(),
        activities: vec![
            activity(10, date(2024, 9, 21), time(9, 30, 0, 0), Some(time(11, 0, 0, 0))),
            activity(11, date(2024, 9, 21), time(14, 0, 0, 0), None),
        ],
        findings_summary: narrative(3),
        has_alleged_violation: Some(true),
        event: "Seorang aparatur sipil negara ikut membagikan bahan kampanye".into(),
        event_place: "Lapangan Contoh".into(),
        event_date: Some(date(2024, 9, 21)),
        event_time: Some(time(10, 5, 0, 0)),
        perpetrator_name: "Contoh Terlapor".into(),
        perpetrator_address: "Negeri Uji Coba".into(),
        witnesses: vec![
            Witness { id: id(20), name: "Contoh Saksi Pertama".into(), address: "RT 001".into(), phone: String::new() },
            Witness { id: id(21), name: "Contoh Saksi Kedua".into(), address: String::new(), phone: String::new() },
        ],
        evidence: vec![EvidenceItem {
            id: id(30),
            class: Some(EvidenceClass::Proof),
            description: "Rekaman video berdurasi 2 menit 14 detik yang menunjukkan pembagian bahan kampanye".into(),
            attachment: None,
        }],
        violation_summary: narrative(1),
        facts: narrative(2),
        analysis: narrative(1),
        signed_place: "Ambon".into(),
        signed_date: Some(date(2024, 9, 21)),
        ..SupervisionReport::default()
    }
}

/// A photo of a colour gradient.
pub(crate) fn photo(width: u32, height: u32, caption: &str) -> Photo {
    let image = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 140])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a picture can be encoded");
    Photo { caption: caption.into(), file_name: "IMG_0001.jpg".into(), bytes: bytes.into_inner() }
}

pub(crate) fn photos() -> Vec<Photo> {
    vec![
        photo(400, 300, "Pengawas menyampaikan imbauan kepada koordinator lapangan"),
        photo(300, 400, "Peserta kampanye"),
        Photo { caption: "Berkas rusak".into(), file_name: "IMG_0003.jpg".into(), bytes: vec![0xff, 0xd8, 0xff] },
        photo(800, 300, ""),
    ]
}

pub(crate) fn event(attendees: usize) -> OutreachEvent {
    let names = ["Contoh Peserta", "Ny. Contoh Tuhuteru-Pelupessy, S.Pd., M.Pd.", "Contoh Ó Briain"];
    OutreachEvent {
        id: id(2),
        title: "Sosialisasi Netralitas ASN pada Pemilihan Serentak".into(),
        form: Some(OutreachForm::Socialization),
        mode: Some(EventMode::Hybrid),
        basis_letter: "012/PM.03.02/K.JI-00.00/05/2024".into(),
        organiser: "Panwaslu Kecamatan Teluk Contoh".into(),
        date: Some(date(2024, 5, 14)),
        starts_at: Some(time(9, 0, 0, 0)),
        ends_at: Some(time(12, 30, 0, 0)),
        place: "Balai Kecamatan Teluk Contoh".into(),
        speakers: vec![Speaker {
            id: id(3),
            name: "Contoh Narasumber".into(),
            agency: "BKPSDM Kota Contoh".into(),
            position: "Kepala Bidang".into(),
            topic: String::new(),
        }],
        attendees: (0..attendees)
            .map(|at| Attendee {
                id: id(1000 + at as u128),
                name: format!("{} {}", names[at % names.len()], at + 1),
                staff_number: if at % 4 == 3 { String::new() } else { format!("1987031220100110{:02}", at % 100) },
                position: "Pengelola Data dan Informasi".into(),
                agency: "Kantor Kecamatan Teluk Contoh".into(),
                sex: [Some(Sex::Male), Some(Sex::Female), None][at % 3].clone(),
                phone: "0812-0000-0000".into(),
                staff_group: [Some(StaffGroup::Pns), Some(StaffGroup::Pppk), Some(StaffGroup::Village), None][at % 4]
                    .clone(),
                minutes_present: (at % 7 == 5).then_some(95),
                ..Attendee::default()
            })
            .collect(),
        ..OutreachEvent::default()
    }
}
