//! A season's work of an office, made from a seed: what the measurements are taken with.
//!
//! Every device writes findings of its own for four days; then all of them meet and see everything; then each goes
//! on for four days without seeing the others. In the second round one finding in seven is edited by two devices in
//! the same field. Saves are authored as the program does it, from documents, so they hold 1 to 18 operations.
//!
//! The words are drawn from a list and the people are invented. Words are drawn unevenly, as in a language, because a
//! text that compresses better than real ones would flatter nobody: it makes signatures and names weigh more.

use std::collections::{BTreeSet, HashMap};

use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{FieldNo, Narrative, Record, RecordId};
use arumbae_domain::{CrucialIssue, ElectionRegime, Finding, ViolationClass};
use arumbae_measure::{Work, Writer};
use arumbae_mergelog::{LaneId, RecordState, author};
use ed25519_dalek::SigningKey;
use jiff::civil::{Date, Time, date};
use uuid::Uuid;

use crate::draw::Draw;

/// How much work.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Findings, each of about 20 field operations in its life.
    pub findings: usize,
    /// Devices that write them.
    pub devices: usize,
    /// Equal seeds make equal workloads.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Shape { findings: 5_000, devices: 20, seed: 0x0a72_756d }
    }
}

/// The work of all devices.
#[derive(Clone, Debug)]
pub struct Generated {
    /// What they wrote.
    pub work: Work,
    /// How many fields two devices wrote without knowing of each other.
    pub concurrent: usize,
}

/// Days a round lasts.
const DAYS: u64 = 4;
/// 6 February 2024, 08:00 in Ambon.
const FIRST_MORNING_MS: u64 = 1_707_174_000_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const WORKING_MS: u64 = 9 * 60 * 60 * 1000;
/// One finding in so many is edited by two devices at once.
const CONCURRENT_ONE_IN: usize = 7;

/// The fields the second round edits.
const EDITED: [FieldEdit; 5] = [
    FieldEdit { field: FieldNo(52), apply: |finding, text| finding.summary.0.extend([" ", text.as_str()]) },
    FieldEdit { field: FieldNo(41), apply: |finding, text| finding.event_place = text },
    FieldEdit { field: FieldNo(22), apply: |finding, text| finding.finder_address = text },
    FieldEdit { field: FieldNo(40), apply: |finding, text| finding.event = text },
    FieldEdit { field: FieldNo(90), apply: |finding, text| finding.signed_place = text },
];

struct FieldEdit {
    field: FieldNo,
    apply: fn(&mut Finding, String),
}

impl Generated {
    /// Makes the work of a shape.
    pub fn new(shape: Shape) -> Generated {
        let mut draw = Draw(shape.seed);
        let mut officers: Vec<Officer> = (0..shape.devices).map(|number| Officer::new(number, &mut draw)).collect();
        let mut known = Vec::with_capacity(shape.findings);
        for day in 0..DAYS {
            for (at, officer) in officers.iter_mut().enumerate() {
                let is_of_today =
                    |number: &usize| number % shape.devices == at && (number / shape.devices) as u64 % DAYS == day;
                let today: Vec<usize> = (0..shape.findings).filter(is_of_today).collect();
                let mut clock = Clock::of_day(day, today.len(), &mut draw);
                for number in today {
                    known.push(officer.create(at, number, clock.next(&mut draw), &mut draw));
                }
            }
        }
        let met: Vec<(LaneId, u64)> = officers.iter().map(|officer| officer.writer.last()).collect();
        officers.iter_mut().for_each(|officer| officer.writer.meet(&met));

        let mut plans: Vec<Vec<Plan>> = vec![Vec::new(); shape.devices * DAYS as usize];
        let mut concurrent = BTreeSet::new();
        for (at, Known { creator, finding, state: _ }) in known.iter().enumerate() {
            let mut plan = |device: usize, edit: usize, submit: bool, draw: &mut Draw| {
                plans[draw.index(DAYS as usize) * shape.devices + device].push(Plan { record: at, edit, submit });
            };
            let first = draw.index(EDITED.len());
            plan(*creator, first, false, &mut draw);
            let second = (first + 1 + draw.index(EDITED.len() - 1)) % EDITED.len();
            plan(*creator, second, true, &mut draw);
            if shape.devices > 1 && draw.index(CONCURRENT_ONE_IN) == 0 {
                let other = (creator + 1 + draw.index(shape.devices - 1)) % shape.devices;
                plan(other, first, false, &mut draw);
                concurrent.insert((finding.id, EDITED[first].field));
            }
        }
        for (slot, plans) in plans.into_iter().enumerate() {
            let (day, at) = ((slot / shape.devices) as u64, slot % shape.devices);
            let mut clock = Clock::of_day(DAYS + day, plans.len(), &mut draw);
            for plan in plans {
                officers[at].edit(&plan, &known[plan.record], clock.next(&mut draw), &mut draw);
            }
        }
        let devices = officers.into_iter().map(|officer| officer.writer.into_device()).collect();
        Generated { work: Work { devices }, concurrent: concurrent.len() }
    }
}

/// A finding when the devices met.
struct Known {
    creator: usize,
    finding: Finding,
    state: RecordState,
}

/// What a device is going to do to a finding in one save.
#[derive(Clone)]
struct Plan {
    record: usize,
    edit: usize,
    submit: bool,
}

/// A device at work, and the person at it.
struct Officer {
    writer: Writer,
    name: String,
    /// What they made of the findings since the meeting.
    copies: HashMap<usize, (Finding, RecordState)>,
}

impl Officer {
    fn new(number: usize, draw: &mut Draw) -> Officer {
        let key = SigningKey::from_bytes(&draw.bytes());
        let writer = Writer::new(key, draw.next() >> 1, Uuid::from_bytes(draw.bytes()));
        Officer { writer, name: format!("Petugas Contoh {}", number + 1), copies: HashMap::new() }
    }

    fn create(&mut self, creator: usize, number: usize, now_ms: u64, draw: &mut Draw) -> Known {
        let id = RecordId(uuid::Builder::from_unix_timestamp_millis(now_ms, &draw.bytes()).into_uuid());
        let finding = draw.finding(id, number, &self.name, now_ms);
        let mut state = RecordState::new();
        let changes = changes_between(None, &finding.to_document());
        self.writer.save(author::operations(&changes, &|_| None), now_ms, &mut state);
        Known { creator, finding, state }
    }

    fn edit(&mut self, plan: &Plan, known: &Known, now_ms: u64, draw: &mut Draw) {
        let copy = self.copies.remove(&plan.record);
        let (base, mut state) = copy.unwrap_or_else(|| (known.finding.clone(), known.state.clone()));
        let mut finding = base.clone();
        let words = 3 + draw.index(9);
        (EDITED[plan.edit].apply)(&mut finding, draw.sentence(words));
        let changes = changes_between(Some(&base.to_document()), &finding.to_document());
        let mut ops = author::operations(&changes, &|_| Some(state.clone()));
        if plan.submit {
            ops.push(author::transition(finding.id, &state, "submitted", ""));
        }
        self.writer.save(ops, now_ms, &mut state);
        self.copies.insert(plan.record, (finding, state));
    }
}

/// The moments of a working day, in order.
struct Clock {
    now_ms: u64,
    step_ms: u64,
}

impl Clock {
    fn of_day(day: u64, saves: usize, draw: &mut Draw) -> Clock {
        let step_ms = WORKING_MS / (saves as u64 + 1);
        Clock { now_ms: FIRST_MORNING_MS + day * DAY_MS + draw.below(step_ms), step_ms }
    }

    fn next(&mut self, draw: &mut Draw) -> u64 {
        let now = self.now_ms + draw.below(self.step_ms / 2 + 1);
        self.now_ms += self.step_ms;
        now
    }
}

impl Draw {
    /// A word, the first ones of the list far more often than the last.
    fn word(&mut self) -> &'static str {
        let uneven = (self.below(1 << 20) * self.below(1 << 20)) >> 20;
        WORDS[(uneven as usize * WORDS.len()) >> 20]
    }

    pub(crate) fn sentence(&mut self, words: usize) -> String {
        let mut sentence = String::new();
        for at in 0..words {
            let word = self.word();
            match at {
                0 => sentence.extend(word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1))),
                _ => {
                    sentence.push(' ');
                    sentence.push_str(word);
                }
            }
            if at % 9 == 8 {
                sentence.push_str(&format!(" {}", 1 + self.below(400)));
            }
        }
        sentence
    }

    fn narrative(&mut self) -> String {
        let sentences = 4 + self.below(4);
        (0..sentences).map(|_| self.sentence(16) + ".").collect::<Vec<_>>().join(" ")
    }

    fn date(&mut self, now_ms: u64) -> Date {
        let days = (now_ms - FIRST_MORNING_MS) / DAY_MS;
        let back = self.below(7) as i64;
        date(2024, 2, 6).saturating_add(jiff::Span::new().days(days as i64 - back))
    }

    pub(crate) fn finding(&mut self, id: RecordId, number: usize, finder: &str, now_ms: u64) -> Finding {
        const CLASSES: [ViolationClass; 4] = [
            ViolationClass::Administrative,
            ViolationClass::Criminal,
            ViolationClass::OrganiserEthics,
            ViolationClass::OtherLaw,
        ];
        const ISSUES: [CrucialIssue; 4] = [
            CrucialIssue::MoneyPolitics,
            CrucialIssue::IdentityPolitics,
            CrucialIssue::Hoax,
            CrucialIssue::CivilServantNeutrality,
        ];
        let known_date = self.date(now_ms);
        let village = 1001 + self.below(14);
        Finding {
            id,
            regime: Some(if self.below(4) == 0 { ElectionRegime::General } else { ElectionRegime::Regional }),
            number: format!("{:03}/TM/PL/Kec-Contoh/31.01/II/2024", number + 1),
            finder_name: finder.to_owned(),
            finder_position: "Anggota Panwaslu Kecamatan Contoh".to_owned(),
            finder_address: format!("Jalan {} Nomor {}", self.sentence(2), 1 + self.below(90)),
            event: self.sentence(9),
            event_place: format!("{} RT {:03}", self.sentence(3), 1 + self.below(40)),
            event_date: Some(known_date.saturating_sub(jiff::Span::new().days(self.below(3) as i64))),
            event_time: Time::new(8 + self.below(12) as i8, 5 * self.below(12) as i8, 0, 0).ok(),
            known_date: Some(known_date),
            violation_classes: BTreeSet::from([CLASSES[self.index(4)].clone()]),
            issues: BTreeSet::from([ISSUES[self.index(4)].clone()]),
            candidate_determined: Some(self.below(3) > 0),
            summary: Narrative(self.narrative()),
            signed_place: "Ambon".to_owned(),
            signed_date: Some(known_date),
            region: format!("81.71.01.{village}").parse().ok(),
            ..Finding::default()
        }
    }
}

/// Words of supervision, the most frequent first.
static WORDS: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| {
    "yang di dan pada oleh dengan untuk tidak dari dalam kepada adalah telah akan bahwa saat pengawas kampanye calon \
     pemilih petugas kegiatan peserta warga desa kecamatan kantor balai lapangan rumah jalan pasar dermaga sekolah masjid \
     gereja pagi siang sore malam hari pukul orang lembar buah rupiah uang beras sembako kaus spanduk baliho bendera \
     stiker brosur surat undangan daftar hadir nama jabatan alamat saksi bukti foto video rekaman salinan berkas laporan \
     temuan dugaan pelanggaran imbauan larangan aturan pasal ayat undang-undang peraturan keputusan kepala sekretaris \
     anggota ketua staf guru perawat camat lurah raja bupati wali kota partai pasangan tim relawan juru koordinator \
     panitia penyelenggara masyarakat keluarga tokoh pemuda perempuan nelayan petani pedagang sopir mahasiswa melihat \
     mendengar mencatat menemukan meminta menyampaikan menjelaskan membagikan menerima membawa memasang mencopot memakai \
     mengajak menolak menghadiri mengunggah menyebarkan mengancam menjanjikan memberikan mengakui membantah menegur \
     membubarkan memanggil memeriksa menindaklanjuti meneruskan terlihat terdapat tersebut kemudian setelah sebelum \
     sambil karena sehingga meskipun namun juga hanya masih sudah belum pernah sering langsung bersama sekitar antara \
     depan belakang samping seberang atas bawah dekat jauh besar kecil baru lama satu dua tiga empat lima puluh ratus ribu \
     hadirin sambutan orasi nyanyian doa pidato arahan pertanyaan jawaban keterangan penjelasan kesepakatan berita acara \
     klarifikasi pleno rapat koordinasi sosialisasi pencegahan pengawasan penindakan sengketa netralitas aparatur sipil \
     negara pegawai pemerintah perjanjian kerja honorer perangkat negeri dusun lorong kompleks pelabuhan terminal bandara \
     puskesmas posyandu koperasi kelompok arisan syukuran jemaat majelis pengajian olahraga turnamen perlombaan hadiah \
     bantuan program sumbangan sedekah kupon amplop kartu gambar nomor urut warna lambang lagu yel-yel akun grup pesan \
     berantai siaran unggahan tautan komentar tangkapan layar ujaran kebencian hasutan fitnah kabar bohong agama suku ras \
     golongan adat soa marga petuanan tanah batas kebun hutan pantai teluk tanjung pulau gunung sungai muara karang \
     perahu motor tempel ombak hujan angin musim"
        .split_whitespace()
        .collect()
});

#[cfg(test)]
mod tests {
    use arumbae_measure::concurrent_edits;
    use arumbae_mergelog::Save;

    use super::*;

    const SMALL: Shape = Shape { findings: 120, devices: 5, seed: 1 };

    #[test]
    fn the_same_seed_is_the_same_work() {
        let (first, again) = (Generated::new(SMALL), Generated::new(SMALL));
        let saves = |made: &Generated| -> Vec<Save> {
            made.work.devices.iter().flat_map(|device| device.saves.clone()).collect()
        };
        assert_eq!(saves(&first), saves(&again));
        assert_ne!(saves(&first), saves(&Generated::new(Shape { seed: 2, ..SMALL })));
    }

    #[test]
    fn the_work_has_the_shape_it_is_said_to_have() {
        let Generated { work, concurrent } = Generated::new(SMALL);
        let records = work.records();
        assert_eq!(records.len(), SMALL.findings);
        let per_finding = work.operations() / SMALL.findings;
        assert!((18..=23).contains(&per_finding), "about 20 operations a finding, not {per_finding}");
        assert!(concurrent > 0, "some fields are written concurrently");
        assert_eq!(concurrent_edits(&records), concurrent, "and stand beside each other in the end");
        for save in work.devices.iter().flat_map(|device| &device.saves) {
            assert!((1..=18).contains(&save.ops.len()), "{} operations in a save", save.ops.len());
        }
    }
}
