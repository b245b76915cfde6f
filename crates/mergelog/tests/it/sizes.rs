//! What records cost on the wire. The goals are printed beside the measure; a bound well above them catches a
//! format that has grown by accident.

use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value};
use arumbae_mergelog::compression::compress;
use arumbae_mergelog::{ClockQuality, LaneId, OpId, Save, SealedSegment, SegmentHash, author};
use jiff::civil::{date, time};
use uuid::Uuid;

use crate::samples::*;

/// A generator of invented but lifelike data, the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 29)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next() as usize % from.len()]
    }

    fn words(&mut self, count: usize) -> String {
        const WORDS: [&str; 24] = [
            "warga",
            "pasar",
            "sembako",
            "calon",
            "kepala",
            "desa",
            "hadir",
            "pada",
            "malam",
            "hari",
            "saat",
            "kampanye",
            "bantuan",
            "amplop",
            "baliho",
            "petugas",
            "melihat",
            "saksi",
            "kantor",
            "camat",
            "membagikan",
            "pegawai",
            "negeri",
            "lapangan",
        ];
        (0..count).map(|_| self.pick(&WORDS)).collect::<Vec<_>>().join(" ")
    }

    fn record(&mut self, at_ms: u64) -> RecordId {
        let random = u128::from(self.next()) << 64 | u128::from(self.next());
        let bits = u128::from(START_MS + at_ms) << 80 | random >> 48;
        RecordId(uuid::Builder::from_u128(bits).with_version(uuid::Version::SortRand).into_uuid())
    }
}

const PLACES: [&str; 6] = [
    "Negeri Batu Merah",
    "Desa Hative Kecil",
    "Kelurahan Rijali",
    "Pasar Mardika",
    "Lapangan Merdeka",
    "Kantor Camat Sirimau",
];
const NAMES: [&str; 6] = ["Contoh Satu", "Contoh Dua", "Contoh Tiga", "Contoh Empat", "Contoh Lima", "Contoh Enam"];

/// A finding with 17 fields, as an officer fills it in.
fn finding(random: &mut Random, id: RecordId) -> Vec<Change> {
    let set = |field, value| Change::Set { record: id, field: FieldNo(field), value };
    let day = date(2024, 2, 1 + (random.next() % 28) as i8);
    let mut changes = vec![
        Change::Create { record: id, kind: RecordKind::Finding },
        set(10, text("general")),
        set(11, text(&format!("{:03}/PM/PB/Kec.Sirimau/31.01/II/2024", random.next() % 1000))),
        set(20, text(random.pick(&NAMES))),
        set(21, text("Ketua Panwascam")),
        set(22, text(random.pick(&PLACES))),
        set(23, Value::Text(format!("08{:010}", random.next() % 10_000_000_000))),
        set(40, Value::Text(random.words(6))),
        set(41, text(random.pick(&PLACES))),
        set(42, Value::Date(day)),
        set(43, Value::Time(time((random.next() % 24) as i8, (random.next() % 60) as i8, 0, 0))),
        set(44, Value::Date(day)),
        set(47, Value::Bool(random.next().is_multiple_of(2))),
        set(90, text("Ambon")),
        set(91, Value::Date(day)),
        set(93, text("81.71.01")),
    ];
    changes.push(Change::AddElement { record: id, list: ISSUES, value: text("money_politics") });
    changes.push(Change::Revise { record: id, field: SUMMARY, text: random.words(25) });
    changes
}

fn sealed_len(saves: &[Save]) -> usize {
    let sealed = SealedSegment::seal(&lane(1), SegmentHash([3; 32]), saves, ClockQuality::default(), &key(1));
    compress(sealed.expect("sealable").bytes()).len()
}

fn many(count: u64, mut ops: impl FnMut(u64) -> Vec<arumbae_mergelog::Operation>) -> Vec<Save> {
    (0..count).map(|number| save(1000 + number, number * 97_531, ops(number))).collect()
}

/// Says what something costs, to be printed; fails only far above the goal.
#[track_caller]
fn check_cost(what: &str, per_save: usize, goal: usize, bound: usize) -> String {
    assert!(per_save <= bound, "{what}: {per_save} B");
    format!("{what}: {per_save} B (goal {goal})")
}

#[test]
fn marginal_cost_of_a_save() {
    let mut random = Random(1);
    let empty = sealed_len(&many(1, |_| Vec::new()));
    println!("an empty segment: {empty} B");

    let edit = |random: &mut Random| {
        let record = random.record(random_age(random.0));
        let pred = OpId { lane: lane(1).id(), seq: 1 + random.next() % 900, index: (random.next() % 17) as u16 };
        let field = FieldNo([40, 41, 20, 22, 11][random.next() as usize % 5]);
        let words = 1 + random.next() as usize % 3;
        let value = Value::Text(random.words(words));
        vec![arumbae_mergelog::Operation::Set { record, field, value, preds: vec![pred] }]
    };
    let edits = many(100, |_| edit(&mut random));
    println!("{}", check_cost("an edit among 100", (sealed_len(&edits) - empty) / 100, 45, 60));
    println!("{}", check_cost("an edit among 20", (sealed_len(&edits[..20]) - empty) / 20, 45, 60));
    println!("{}", check_cost("an edit alone, its segment included", sealed_len(&edits[..1]), 300, 400));

    let findings = many(20, |number| {
        let id = random.record(number * 97_531 - number.min(1) * 60_000);
        author::operations(&finding(&mut random, id), &|_| None)
    });
    println!("{}", check_cost("a finding among 20", (sealed_len(&findings) - empty) / 20, 330, 400));
    println!("{}", check_cost("a finding alone, its segment included", sealed_len(&findings[..1]), 700, 800));
    let state = {
        let mut state = arumbae_mergelog::RecordState::new();
        for (index, op) in findings[0].ops.iter().enumerate() {
            let id = OpId { lane: LaneId([1; 16]), seq: 1, index: index as u16 };
            state.apply(id, stamp(1), op);
        }
        state.encode().len()
    };
    println!("a finding's state: {state} B");

    let attendees = many(1, |_| {
        let parent = random.record(0);
        let changes: Vec<Change> = (0..500)
            .flat_map(|number| {
                let id = random.record(number / 9);
                let set = |field, value| Change::Set { record: id, field: FieldNo(field), value };
                [
                    Change::Create { record: id, kind: RecordKind::Attendee },
                    set(10, Value::Text(format!("{} {}", random.pick(&NAMES), random.words(1)))),
                    set(11, Value::Text(format!("19{:016}", random.next() % 10_000_000_000_000_000))),
                    set(12, text(random.pick(&["Guru", "Staf", "Camat", "Lurah"]))),
                    set(13, text(random.pick(&PLACES))),
                    set(14, text(random.pick(&["male", "female"]))),
                    set(19, text("imported")),
                    Change::AddChild { record: parent, list: FieldNo(32), child: id },
                ]
            })
            .collect();
        author::operations(&changes, &|_| None)
    });
    println!("{}", check_cost("an attendee among 500", (sealed_len(&attendees) - empty) / 500, 40, 60));
}

fn random_age(seed: u64) -> u64 {
    seed % (30 * 86_400_000)
}

#[test]
fn record_ids_stay_uuids() {
    let id = Random(7).record(5);
    assert_eq!(id.0.get_version(), Some(uuid::Version::SortRand));
    assert_ne!(id.0, Uuid::nil());
}
