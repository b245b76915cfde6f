//! A day in the field: two laptops, a server, a bad link, a conflict, signed documents.
//!
//! Everything goes through the program's own commands, and everything it tells is read from what they answered.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arumbae_app::App;
use arumbae_app::sample::SampleProvince;
use arumbae_app::saved_copy::{CopySource, bytes_of};
use arumbae_badlink::{BadLink, Weather};
use arumbae_domain::schema::{BlobHash, RecordId};
use arumbae_domain::{IssuedDocument, SupervisionReport};
use arumbae_protocol::registry::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::laptop::{Laptop, Stored, laptop};
use crate::province::InProcessProvince;
use crate::records;

/// What stopped the day.
pub type Failure = Box<dyn Error + Send + Sync>;

const PASSPHRASE: &str = "perahu contoh di laut banda";

/// What the day came to; written as `summary.json`.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Records made by people, parts of records not counted.
    pub records_written: u64,
    /// Operations in both laptops' logs together, each counted where it was written.
    pub operations: u64,
    /// People on the attendance list.
    pub attendees: usize,
    /// Bytes both laptops sent and received, without TLS.
    pub bytes_on_the_wire: u64,
    /// Requests both laptops made.
    pub round_trips: u64,
    /// Fields with more than one value that both laptops show.
    pub conflicts_kept: u64,
    /// Saves still without a receipt at the end of the day.
    pub saves_without_receipt: u64,
    /// Saves of a laptop without any network that got their receipt by stick.
    pub saves_receipted_by_stick: u64,
    /// Bytes of sealed files that a courier carried there and back.
    pub bytes_by_stick: u64,
    /// The documents written.
    pub documents: Vec<DocumentSummary>,
    /// Seconds each part of the day took.
    pub seconds: BTreeMap<&'static str, f64>,
}

/// A document of the day.
#[derive(Debug, Serialize)]
pub struct DocumentSummary {
    /// Its file, beside the summary.
    pub file: String,
    /// Of its bytes, hexadecimal.
    pub sha256: String,
    /// Its length.
    pub bytes: usize,
    /// Whether it is signed.
    pub signed: bool,
    /// What the program's own check says of it.
    pub verdict: String,
}

#[derive(Deserialize)]
struct Issued {
    document: IssuedDocument,
    verification: Verdict,
}

#[derive(Deserialize)]
struct Verdict {
    verdict: String,
}

#[derive(Deserialize)]
struct Standing {
    waiting_saves: u64,
    waiting_attachments: u64,
    last_exchange: Option<Exchange>,
}

#[derive(Deserialize)]
struct Packed {
    files: Vec<String>,
    bytes: u64,
    contents: Contents,
}

#[derive(Deserialize)]
struct Contents {
    own_saves: u64,
    attachments: u64,
}

#[derive(Deserialize)]
struct Taken {
    sent_saves: u64,
    received_saves: u64,
}

#[derive(Deserialize)]
struct Exchange {
    bytes_up: u64,
    bytes_down: u64,
    round_trips: u64,
}

/// The chain of causes of a failure, in one line.
pub fn causes(failure: &(dyn Error + 'static)) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

struct Day<'a> {
    out: PathBuf,
    tell: &'a mut (dyn FnMut(&str) + Send),
    summary: Summary,
}

/// Plays the day. Whatever an earlier day left in `out` is replaced; `tell` hears each step in Indonesian.
///
/// # Errors
/// If a folder cannot be written or a command refuses; nothing of the kind is expected.
pub async fn play(out: &Path, tell: &mut (dyn FnMut(&str) + Send)) -> Result<String, Failure> {
    let laptops = out.join("laptop");
    for folder in [&laptops, &out.join("provinsi")] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    fs::create_dir_all(&laptops)?;
    let province = Arc::new(InProcessProvince::default());
    let officer = laptop(&laptops.join("petugas"), &province);
    let supervisor = laptop(&laptops.join("pengawas"), &province);
    let summary = Summary {
        records_written: 0,
        operations: 0,
        attendees: 0,
        bytes_on_the_wire: 0,
        round_trips: 0,
        conflicts_kept: 0,
        saves_without_receipt: 0,
        saves_receipted_by_stick: 0,
        bytes_by_stick: 0,
        documents: Vec::new(),
        seconds: BTreeMap::new(),
    };
    let mut day = Day { out: out.to_owned(), tell, summary };

    let began = Instant::now();
    let work = day.work_without_a_network(&officer).await?;
    day.clocked("bekerja_tanpa_jaringan", began);

    let began = Instant::now();
    let url = province.start(&out.join("provinsi")).await?;
    fs::write(out.join("ca.pem"), province.ca_pem().await?)?;
    let link = BadLink::in_front_of(address_of(&url)?).await?;
    day.enrol(&officer, &province, Role::Petugas, records::DISTRICT, &format!("https://{}", link.address())).await?;
    day.enrol(&supervisor, &province, Role::PengawasKabkota, "81.71", &url).await?;
    day.clocked("pendaftaran", began);

    let began = Instant::now();
    day.sign_documents(&officer, &work).await?;
    day.clocked("menandatangani_dokumen", began);

    let began = Instant::now();
    day.synchronize_over_a_bad_link(&officer, &link).await?;
    day.clocked("sinkron_jaringan_buruk", began);

    let began = Instant::now();
    day.review_and_disagree(&officer, &supervisor, work.report).await?;
    day.clocked("tinjauan_dan_perbedaan", began);

    let began = Instant::now();
    let unconnected = laptop(&laptops.join("petugas-tanpa-jaringan"), &province);
    day.work_by_stick(&unconnected, &province).await?;
    day.clocked("lewat_usb", began);

    for app in [&officer, &supervisor, &unconnected] {
        let laptop = Laptop(app);
        let standing: Standing = laptop.call("sync_state", json!({})).await?;
        day.summary.saves_without_receipt += standing.waiting_saves;
        day.summary.operations += arumbae_app::figures::operations_written(app).await?;
    }
    day.print_receipts(&officer, "tanda-terima.pdf").await?;
    province.stop().await?;
    day.finish()
}

/// What the officer wrote before there was any network.
struct Work {
    report: RecordId,
    event: RecordId,
}

impl Day<'_> {
    fn say(&mut self, line: impl AsRef<str>) {
        (self.tell)(line.as_ref());
    }

    fn clocked(&mut self, part: &'static str, began: Instant) {
        self.summary.seconds.insert(part, (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0);
    }

    async fn open(&mut self, app: &App, name: &str, position: &str, area: &str) -> Result<(), Failure> {
        let officer = json!({
            "name": name, "position": position, "district": area,
            "passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE,
        });
        Laptop(app).call::<Value>("create_office", officer).await?;
        Ok(())
    }

    async fn work_without_a_network(&mut self, app: &App) -> Result<Work, Failure> {
        let laptop = Laptop(app);
        self.open(app, "Contoh Petugas Nusaniwe", "Anggota Panwaslu Kecamatan", records::DISTRICT).await?;
        self.say("Petugas menyiapkan laptop; belum ada undangan, belum ada jaringan.");
        let report = laptop.write_report().await?;
        self.say("LHP ditulis dengan dua foto.");
        laptop.make_finding(report.record.id).await?;
        self.say("Temuan dibuat dari LHP.");
        let event = laptop.hold_event().await?;
        laptop.import_attendance(event.record.id, records::ATTENDANCE_CSV).await?;
        let attendees = laptop.import_attendance(event.record.id, records::ZOOM_CSV).await?;
        self.say(format!(
            "Kegiatan sosialisasi dicatat; daftar hadir {} orang dari CSV dan laporan Zoom.",
            attendees.len()
        ));
        self.summary.records_written += 3;
        self.summary.attendees = attendees.len();
        let work = Work { report: report.record.id, event: event.record.id };
        self.issue(app, work.report, "supervision_report", "a4", false, "lhp-belum-ditandatangani.pdf").await?;
        Ok(work)
    }

    async fn issue(
        &mut self,
        app: &App,
        source: RecordId,
        template: &str,
        paper: &str,
        signed: bool,
        file: &str,
    ) -> Result<(), Failure> {
        let laptop = Laptop(app);
        let order = json!({
            "source": source, "template": template, "paper": paper,
            "passphrase": signed.then_some(PASSPHRASE),
        });
        let Issued { document, verification } = laptop.call("document_issue", order).await?;
        let blob: BlobHash = document.file.ok_or("an issued document has a file")?;
        let bytes = laptop.bytes(blob).await?;
        fs::write(self.out.join(file), &bytes)?;
        self.say(format!("Dokumen {file}: {}.", if signed { "bertanda tangan" } else { "belum ditandatangani" }));
        self.summary.records_written += 1;
        self.summary.documents.push(DocumentSummary {
            file: file.to_owned(),
            sha256: hex::encode(Sha256::digest(&bytes)),
            bytes: bytes.len(),
            signed,
            verdict: verification.verdict,
        });
        Ok(())
    }

    async fn sign_documents(&mut self, app: &App, work: &Work) -> Result<(), Failure> {
        for (source, template, paper, file) in [
            (work.report, "supervision_report", "a4", "lhp-a4.pdf"),
            (work.report, "supervision_report", "f4", "lhp-f4.pdf"),
            (work.event, "attendance_list", "a4", "daftar-hadir-a4.pdf"),
            (work.event, "attendance_list", "f4", "daftar-hadir-f4.pdf"),
        ] {
            self.issue(app, source, template, paper, true, file).await?;
        }
        Ok(())
    }

    /// What the province has of an officer's work, on paper. Nobody signs it: the receipts in it are signed.
    async fn print_receipts(&mut self, app: &App, file: &str) -> Result<(), Failure> {
        let bytes = bytes_of(app, CopySource::Receipts).await?;
        fs::write(self.out.join(file), &bytes)?;
        self.say(format!("Tanda terima {file}: dicetak."));
        Ok(())
    }

    async fn enrol(
        &mut self,
        app: &App,
        province: &InProcessProvince,
        role: Role,
        area: &str,
        server_url: &str,
    ) -> Result<(), Failure> {
        if role == Role::PengawasKabkota {
            self.open(app, "Contoh Pengawas Kota Ambon", "Anggota Bawaslu Kota", area).await?;
        }
        let invitation = province.invite_to(role, &area.parse()?, Some(server_url.to_owned())).await?;
        let order = json!({ "invitation": invitation.to_text(), "passphrase": PASSPHRASE });
        Laptop(app).call::<Value>("enrol", order).await?;
        self.say(format!("Undangan dipakai: {role} di {area}."));
        Ok(())
    }

    async fn synchronize(&mut self, app: &App) -> Result<(), Failure> {
        let standing: Standing = Laptop(app).call("sync_now", json!({})).await?;
        if let Some(exchange) = standing.last_exchange {
            self.summary.bytes_on_the_wire += exchange.bytes_up + exchange.bytes_down;
            self.summary.round_trips += exchange.round_trips;
        }
        Ok(())
    }

    /// A slow and distant link that breaks twice; what was receipted stays receipted.
    async fn synchronize_over_a_bad_link(&mut self, app: &App, link: &BadLink) -> Result<(), Failure> {
        link.set_weather(Weather {
            bytes_per_second: Some(16 * 1024),
            delay: Duration::from_millis(150),
            cut_after: Some(12 * 1024),
            cuts: 2,
            ..Weather::CLEAR
        });
        for attempt in 1..=10 {
            let outcome = self.synchronize(app).await;
            let standing: Standing = Laptop(app).call("sync_state", json!({})).await?;
            let left = standing.waiting_saves + standing.waiting_attachments;
            match outcome {
                Ok(()) if left == 0 => {
                    self.say(format!("Percobaan {attempt}: semua catatan dan foto bertanda terima."));
                    link.set_weather(Weather::CLEAR);
                    return Ok(());
                }
                Ok(()) => self.say(format!("Percobaan {attempt}: masih {left} menunggu.")),
                Err(_) => self.say(format!("Percobaan {attempt}: jaringan putus, {left} menunggu; dilanjutkan.")),
            }
        }
        Err("the work of the day did not arrive".into())
    }

    async fn review_and_disagree(&mut self, officer: &App, supervisor: &App, report: RecordId) -> Result<(), Failure> {
        let (field, city) = (Laptop(officer), Laptop(supervisor));
        self.synchronize(supervisor).await?;
        let received: Stored<SupervisionReport> = city.call("supervision_report_read", json!({ "id": report })).await?;
        self.say("Pengawas kota menerima LHP.");

        field.call::<Value>("record_transition", json!({ "id": report, "to": "submitted", "reason": "" })).await?;
        self.synchronize(officer).await?;
        self.synchronize(supervisor).await?;
        city.call::<Value>(
            "comment_add",
            json!({
                "id": report, "text": "Tempat kejadian perlu disebut lengkap dengan RT.", "about": "event_place",
            }),
        )
        .await?;
        let back = json!({ "id": report, "to": "returned", "reason": "Lengkapi tempat kejadian." });
        city.call::<Value>("record_transition", back).await?;
        self.say("LHP dikembalikan dengan komentar.");

        // Neither sees the other's edit before both have made theirs.
        let before: Stored<SupervisionReport> = field.call("supervision_report_read", json!({ "id": report })).await?;
        let mut edited = before.record.clone();
        edited.event_place = "Balai warga contoh, RT 002 Kelurahan Wainitu".to_owned();
        field.save("supervision_report", &edited, Some(&before)).await?;
        let mut edited = received.record.clone();
        edited.event_place = "Balai warga contoh, Kelurahan Wainitu, RT 001/RW 002".to_owned();
        city.save("supervision_report", &edited, Some(&received)).await?;
        for app in [officer, supervisor, officer] {
            self.synchronize(app).await?;
        }
        let mut kept = Vec::new();
        for laptop in [field, city] {
            let seen: Stored<SupervisionReport> =
                laptop.call("supervision_report_read", json!({ "id": report })).await?;
            kept.push(seen.meta.conflicts.len() as u64);
        }
        self.summary.conflicts_kept = kept.iter().copied().min().unwrap_or(0);
        self.say(format!("Isian yang sama diubah di dua laptop: kedua nilai tampil di keduanya ({kept:?})."));
        Ok(())
    }

    /// An officer who never sees a network: the invitation comes, and everything goes and comes back, on one stick.
    async fn work_by_stick(&mut self, app: &App, province: &InProcessProvince) -> Result<(), Failure> {
        let laptop = Laptop(app);
        let stick = self.out.join("usb");
        if stick.exists() {
            fs::remove_dir_all(&stick)?;
        }
        fs::create_dir_all(&stick)?;
        let position = "Anggota Panwaslu Kecamatan";
        self.open(app, "Contoh Petugas Tanpa Jaringan", position, records::DISTRICT).await?;
        let report = laptop.write_report().await?;
        laptop.make_finding(report.record.id).await?;
        self.summary.records_written += 2;
        let invitation = province.invite_to(Role::Petugas, &records::DISTRICT.parse()?, None).await?;
        let order = json!({ "invitation": invitation.to_text(), "passphrase": PASSPHRASE });
        laptop.call::<Value>("enrol_by_stick", order).await?;
        app.choose_stick(stick.clone()).await?;
        let packed: Packed = laptop.call("courier_pack", json!({ "colleague": null })).await?;
        self.say(format!(
            "Kurir berangkat: {} simpanan, {} lampiran dan permintaan pendaftaran dalam {} berkas tersegel.",
            packed.contents.own_saves,
            packed.contents.attachments,
            packed.files.len()
        ));
        let taken = province.take_stick(&stick).await?;
        let back: Taken = laptop.call("courier_take", json!({})).await?;
        self.summary.saves_receipted_by_stick = back.sent_saves;
        self.summary.bytes_by_stick = packed.bytes;
        for answer in &taken.answers {
            self.summary.bytes_by_stick += fs::metadata(answer)?.len();
        }
        self.say(format!(
            "Kurir kembali: {} simpanan bertanda terima, {} simpanan orang lain diterima; laptop terdaftar tanpa jaringan.",
            back.sent_saves, back.received_saves
        ));
        self.issue(app, report.record.id, "supervision_report", "a4", true, "lhp-lewat-usb.pdf").await?;
        // The signed document is work too: it goes with the next courier.
        let packed: Packed = laptop.call("courier_pack", json!({ "colleague": null })).await?;
        self.summary.bytes_by_stick += packed.bytes;
        province.take_stick(&stick).await?;
        let back: Taken = laptop.call("courier_take", json!({})).await?;
        self.summary.saves_receipted_by_stick += back.sent_saves;
        Ok(())
    }

    fn finish(self) -> Result<String, Failure> {
        let text = serde_json::to_string_pretty(&self.summary)?;
        fs::write(self.out.join("summary.json"), &text)?;
        Ok(text)
    }
}

/// Where a server on loopback listens, from its address.
fn address_of(url: &str) -> Result<std::net::SocketAddr, Failure> {
    Ok(url.trim_start_matches("https://").trim_end_matches('/').parse()?)
}
