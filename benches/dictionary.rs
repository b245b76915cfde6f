//! Trains a shipped dictionary on invented records written out of a text (`assets/dictionaries/README.md`).
//!
//! Saves are authored, sealed and packed as the program does it, because it is their columns that get squeezed, not
//! sentences.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write;

use arumbae_bench::draw::Draw;
use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Narrative, Record, RecordId};
use arumbae_domain::*;
use arumbae_mergelog::parcel::{Base, divide};
use arumbae_mergelog::{
    ClockQuality, DeviceKey, Hlc, Lane, OpId, Operation, RecordState, Save, SealedSegment, SegmentHash, Stamp, author,
    compression, limits,
};
use ed25519_dalek::SigningKey;
use jiff::civil::{Date, Time, date};
use uuid::Uuid;

const SEED: u64 = 1;
const DICTIONARY_BYTES: usize = 64 << 10;
const OFFICERS: usize = 160;
const MORNING_MS: u64 = 1_707_174_000_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which text?")?;
    let text = Text { lists: toml::from_str(&std::fs::read_to_string(path)?)?, draw: Draw(SEED) };
    let samples = Samples::of(text)?;
    let dictionary = zstd::dict::from_samples(&samples.0, DICTIONARY_BYTES)?;
    std::io::stdout().lock().write_all(&dictionary)?;
    Ok(())
}

/// What the dictionary has to be good for: segments as they are stored and parcels as they travel.
struct Samples(Vec<Vec<u8>>);

impl Samples {
    fn of(text: Text) -> Result<Samples, Box<dyn Error>> {
        let mut samples = Vec::new();
        let mut draw = Draw(SEED + 1);
        let mut text = text;
        for number in 0..OFFICERS {
            let officer = Officer::at_work(number, &mut text, &mut draw)?;
            let mut head = SegmentHash::GENESIS;
            let mut rest = officer.saves.as_slice();
            while !rest.is_empty() {
                // Most segments are sealed before they are full.
                let (run, later) = rest.split_at(rest.len().min(1 + draw.index(8) * draw.index(6)));
                let segment = SealedSegment::seal(&officer.lane, head, run, ClockQuality::default(), &officer.key)?;
                head = segment.hash();
                samples.push(segment.bytes().to_vec());
                for packing in divide(vec![segment]) {
                    samples.push(content_of(&packing.pack(&Base::default()))?);
                }
                rest = later;
            }
        }
        Ok(Samples(samples))
    }
}

/// The content of a parcel of one segment: behind format, base and the count of signatures stands one signature.
fn content_of(parcel: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let squeezed = parcel.get(3 + 64..).ok_or("a parcel without a signature")?;
    Ok(compression::decompress(squeezed, limits::PARCEL_BYTES)?)
}

/// The text and what is drawn from it.
struct Text {
    lists: BTreeMap<String, Vec<String>>,
    draw: Draw,
}

impl Text {
    /// An entry of a list, with everything in braces replaced.
    fn say(&mut self, list: &str) -> String {
        let entries = &self.lists[list];
        let entry = entries[self.draw.index(entries.len())].clone();
        let mut said = String::new();
        let mut rest = entry.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            said.push_str(before);
            let filled = match name {
                "angka" => (1 + self.draw.below(60)).to_string(),
                "jam" => format!("{:02}.{:02}", 7 + self.draw.below(15), 5 * self.draw.below(12)),
                "hari" => {
                    ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"][self.draw.index(7)].to_owned()
                }
                "tanggal" => {
                    let month = ["Januari", "Februari", "Juni", "September", "Oktober", "November"][self.draw.index(6)];
                    format!("{} {month} 20{}", 1 + self.draw.below(28), 24 + self.draw.below(5))
                }
                list => self.say(list),
            };
            said.push_str(&filled);
            rest = after;
        }
        said + rest
    }

    fn narrative(&mut self) -> Narrative {
        let mut sentences = vec![self.say("pembuka")];
        for _ in 0..2 + self.draw.index(5) {
            sentences.push(self.say("isi"));
        }
        if self.draw.below(3) == 0 {
            sentences.push(self.say("hukum"));
        }
        sentences.push(self.say("penutup"));
        Narrative(sentences.join(" "))
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.draw.index(choices.len())].clone()
    }

    fn time(&mut self) -> Option<Time> {
        Time::new(7 + self.draw.below(15) as i8, 5 * self.draw.below(12) as i8, 0, 0).ok()
    }

    fn date(&mut self) -> Date {
        date(2024, 1, 1).saturating_add(jiff::Span::new().days(self.draw.below(1500) as i64))
    }

    fn phone(&mut self) -> String {
        format!("0812-0000-{:04}", self.draw.below(10_000))
    }

    fn staff_number(&mut self) -> String {
        let (year, month) = (1965 + self.draw.below(35), 1 + self.draw.below(12));
        format!("{year}{month:02}{:02}{}{month:02}1{:03}", 1 + self.draw.below(28), year + 23, self.draw.below(1000))
    }

    fn letter(&mut self, kind: &str) -> String {
        let month = ["I", "II", "III", "VI", "IX", "X", "XI"][self.draw.index(7)];
        format!("{:03}/{kind}/{month}/20{}", 1 + self.draw.below(200), 24 + self.draw.below(5))
    }

    fn village(&mut self) -> Option<RegionCode> {
        format!("81.{:02}.{:02}.{}", 1 + self.draw.below(8), 1 + self.draw.below(12), 2001 + self.draw.below(14))
            .parse()
            .ok()
    }

    fn witness(&mut self, id: RecordId) -> Witness {
        Witness { id, name: self.say("orang"), address: self.say("tempat"), phone: self.phone() }
    }

    fn evidence(&mut self, id: RecordId) -> EvidenceItem {
        let class = Some(self.one_of(&[EvidenceClass::Proof, EvidenceClass::Exhibit]));
        EvidenceItem { id, class, description: self.say("bukti"), ..EvidenceItem::default() }
    }

    fn finding(&mut self, ids: &mut impl FnMut() -> RecordId, officer: &str) -> Finding {
        let known = self.date();
        Finding {
            id: ids(),
            regime: Some(self.one_of(&[ElectionRegime::General, ElectionRegime::Regional])),
            number: self.letter("TM/PL/Kec.Contoh/31.01"),
            finder_name: officer.to_owned(),
            finder_position: self.say("jabatan"),
            finder_address: self.say("tempat"),
            reported_persons: (0..1 + self.draw.index(2))
                .map(|_| ReportedPerson {
                    id: ids(),
                    name: self.say("orang"),
                    address: self.say("tempat"),
                    phone: self.phone(),
                    staff_group: Some(self.one_of(&[StaffGroup::Pns, StaffGroup::Pppk, StaffGroup::Village])),
                    staff_number: self.staff_number(),
                    position: self.say("jabatan"),
                    agency: self.say("instansi"),
                })
                .collect(),
            event: self.say("acara"),
            event_place: self.say("tempat"),
            event_date: Some(known),
            event_time: self.time(),
            known_date: Some(known),
            violation_classes: BTreeSet::from([self.one_of(&[
                ViolationClass::Administrative,
                ViolationClass::Criminal,
                ViolationClass::OrganiserEthics,
                ViolationClass::OtherLaw,
            ])]),
            issues: BTreeSet::from([self.one_of(&[
                CrucialIssue::MoneyPolitics,
                CrucialIssue::IdentityPolitics,
                CrucialIssue::Hoax,
                CrucialIssue::CivilServantNeutrality,
            ])]),
            candidate_determined: Some(self.draw.below(2) == 0),
            witnesses: (0..self.draw.index(3)).map(|_| self.witness(ids())).collect(),
            evidence: (0..self.draw.index(3)).map(|_| self.evidence(ids())).collect(),
            summary: self.narrative(),
            signed_place: "Ambon".to_owned(),
            signed_date: Some(known),
            region: self.village(),
            ..Finding::default()
        }
    }

    fn report(&mut self, ids: &mut impl FnMut() -> RecordId, officer: &str) -> SupervisionReport {
        let day = self.date();
        SupervisionReport {
            id: ids(),
            regime: Some(self.one_of(&[ElectionRegime::General, ElectionRegime::Regional])),
            number: self.letter("LHP/PM.01.02/MA-01.01"),
            stage: self.say("tahapan"),
            officer_name: officer.to_owned(),
            officer_position: self.say("jabatan"),
            assignment_number: self.letter("PM.00.02/K.MA-01.01"),
            officer_address: self.say("tempat"),
            activities: vec![SupervisionActivity {
                id: ids(),
                form: self.say("bentuk"),
                purpose: self.say("tujuan"),
                target: self.say("sasaran"),
                date: Some(day),
                starts_at: self.time(),
                ends_at: self.time(),
                place: self.say("tempat"),
            }],
            findings_summary: self.narrative(),
            has_alleged_violation: Some(true),
            event: self.say("acara"),
            event_place: self.say("tempat"),
            event_date: Some(day),
            event_time: self.time(),
            perpetrator_name: self.say("orang"),
            perpetrator_address: self.say("tempat"),
            witnesses: vec![self.witness(ids())],
            evidence: vec![self.evidence(ids())],
            violation_summary: self.narrative(),
            facts: Narrative(self.say("isi")),
            analysis: Narrative(self.say("hukum")),
            has_potential_dispute: Some(false),
            signed_place: "Ambon".to_owned(),
            signed_date: Some(day),
            region: self.village(),
            ..SupervisionReport::default()
        }
    }

    fn event(&mut self, ids: &mut impl FnMut() -> RecordId) -> OutreachEvent {
        let attendees = 4 + self.draw.index(20);
        OutreachEvent {
            id: ids(),
            title: self.say("kegiatan"),
            form: Some(self.one_of(&[OutreachForm::Socialization, OutreachForm::Pledge, OutreachForm::Webinar])),
            mode: Some(self.one_of(&[EventMode::OnSite, EventMode::Online])),
            basis_letter: self.letter("PM.00.01/K.MA-01"),
            organiser: "Panwaslu Kecamatan Contoh".to_owned(),
            date: Some(self.date()),
            starts_at: self.time(),
            ends_at: self.time(),
            place: self.say("tempat"),
            intent: Narrative(self.say("tujuan")),
            purpose: Narrative(self.say("tujuan")),
            issues: BTreeSet::from([self.one_of(&[CrucialIssue::CivilServantNeutrality, CrucialIssue::MoneyPolitics])]),
            outcome: self.narrative(),
            recommendation: Narrative(self.say("penutup")),
            speakers: vec![Speaker {
                id: ids(),
                name: self.say("orang"),
                agency: self.say("instansi"),
                position: self.say("jabatan"),
                topic: self.say("topik"),
            }],
            attendees: (0..attendees)
                .map(|_| Attendee {
                    id: ids(),
                    name: self.say("orang"),
                    staff_number: self.staff_number(),
                    position: self.say("jabatan"),
                    agency: self.say("instansi"),
                    sex: Some(self.one_of(&[Sex::Female, Sex::Male])),
                    phone: self.phone(),
                    staff_group: Some(self.one_of(&[StaffGroup::Pns, StaffGroup::Pppk, StaffGroup::Village])),
                    source: Some(self.one_of(&[AttendanceSource::Typed, AttendanceSource::Imported])),
                    ..Attendee::default()
                })
                .collect(),
            region: self.village(),
            ..OutreachEvent::default()
        }
    }
}

/// An invented officer and what they saved.
struct Officer {
    key: SigningKey,
    lane: Lane,
    actor: Uuid,
    hlc: Hlc,
    saves: Vec<Save>,
}

impl Officer {
    fn at_work(number: usize, text: &mut Text, draw: &mut Draw) -> Result<Officer, Box<dyn Error>> {
        let key = SigningKey::from_bytes(&draw.bytes());
        let lane = Lane {
            device: DeviceKey(key.verifying_key().to_bytes()),
            incarnation: draw.next() >> 1,
            scope: format!("81.{:02}.{:02}", 1 + number % 8, 1 + number % 12).parse()?,
        };
        let mut officer =
            Officer { key, lane, actor: Uuid::from_bytes(draw.bytes()), hlc: Hlc::default(), saves: Vec::new() };
        let name = text.say("orang");
        let mut now_ms = MORNING_MS + number as u64 * DAY_MS;
        for _ in 0..12 {
            now_ms += 1 + draw.below(DAY_MS / 4);
            let mut random = draw.clone();
            let mut ids = || RecordId(uuid::Builder::from_unix_timestamp_millis(now_ms, &random.bytes()).into_uuid());
            match draw.below(5) {
                0 => officer.write(text.event(&mut ids), now_ms, draw, text, |event, text| {
                    event.recommendation.0.push_str(&text.say("tambahan"));
                }),
                1 | 2 => officer.write(text.report(&mut ids, &name), now_ms, draw, text, |report, text| {
                    report.findings_summary.0.push_str(&text.say("tambahan"));
                    report.event_place = text.say("tempat");
                }),
                _ => officer.write(text.finding(&mut ids, &name), now_ms, draw, text, |finding, text| {
                    finding.summary.0.push_str(&text.say("tambahan"));
                    finding.event = text.say("acara");
                }),
            }
        }
        Ok(officer)
    }

    /// Saves a record, some edits of it, and that it was submitted.
    fn write<R: Record + Clone>(
        &mut self,
        mut record: R,
        now_ms: u64,
        draw: &mut Draw,
        text: &mut Text,
        edit: impl Fn(&mut R, &mut Text),
    ) {
        let mut states: BTreeMap<RecordId, RecordState> = BTreeMap::new();
        let ops = author::operations(&changes_between(None, &record.to_document()), &|_| None);
        self.save(ops, now_ms, &mut states);
        for later in 0..draw.below(3) {
            let before = record.to_document();
            edit(&mut record, text);
            let changes = changes_between(Some(&before), &record.to_document());
            let ops = author::operations(&changes, &|record| states.get(&record).cloned());
            self.save(ops, now_ms + (later + 1) * 60_000 * (1 + draw.below(300)), &mut states);
        }
        let id = record.to_document().id;
        if let Some(state) = states.get(&id) {
            let ops = vec![author::transition(id, state, "submitted", "")];
            self.save(ops, now_ms + DAY_MS, &mut states);
        }
        if draw.below(3) == 0
            && let Some(state) = states.get(&id)
        {
            let ops = vec![author::transition(id, state, "returned", &text.say("alasan"))];
            self.save(ops, now_ms + 2 * DAY_MS, &mut states);
        }
    }

    fn save(&mut self, ops: Vec<Operation>, now_ms: u64, states: &mut BTreeMap<RecordId, RecordState>) {
        self.hlc = self.hlc.tick(now_ms);
        let save = Save {
            seq: self.saves.len() as u64 + 1,
            hlc: self.hlc,
            actor: self.actor,
            policy_epoch: 1,
            schema_version: 1,
            deps: Vec::new(),
            ops,
        };
        let stamp = Stamp { hlc: save.hlc, received_ms: None, actor: save.actor };
        for (index, op) in save.ops.iter().enumerate() {
            let id = OpId { lane: self.lane.id(), seq: save.seq, index: index as u16 };
            states.entry(op.record()).or_default().apply(id, stamp, op);
        }
        self.saves.push(save);
    }
}
