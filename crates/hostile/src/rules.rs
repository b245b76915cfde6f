//! Rules, holidays and region tables: files a province can replace.

use arumbae_domain::ElectionRegime;
use arumbae_domain::deadline::{DeadlineRules, DeadlineStep, Holidays};
use arumbae_domain::region_table::{RegionFiles, RegionTable};
use jiff::civil::{Date, date};

use crate::{Damage, Decoder};

/// The first byte says which file the rest is; the parts of a region table are separated by a zero.
pub const DECODER: Decoder = Decoder { name: "rules", check, samples, damage: Damage::Unnoticed };

const DEADLINES: &str = include_str!("../../../assets/rules/deadlines.toml");
const HOLIDAYS: &str = include_str!("../../../assets/rules/holidays.toml");

/// Days on which a rule is tried: an ordinary one, and the ends of the calendar.
const DAYS: [Date; 3] = [date(2024, 6, 12), Date::MIN, Date::MAX];

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let (kind, file) = bytes.split_first()?;
    let text = std::str::from_utf8(file).ok()?;
    match kind {
        0 => apply(&DeadlineRules::parse(text).ok()?, &Holidays::parse(HOLIDAYS).expect("our own file")),
        1 => apply(&DeadlineRules::parse(DEADLINES).expect("our own file"), &Holidays::parse(text).ok()?),
        2 => look_up(text)?,
        _ => return None,
    }
    Some(bytes.to_vec())
}

fn apply(rules: &DeadlineRules, holidays: &Holidays) {
    for rule in rules.all() {
        for from in DAYS {
            if let Some(deadline) = rule.apply(from, holidays) {
                assert!(deadline.due >= from, "a deadline does not lie before what it runs from");
                let _ = (deadline.urgency(Date::MIN), deadline.urgency(Date::MAX));
            }
        }
    }
    let today = rules.deadline(DeadlineStep::FindingDecided, &ElectionRegime::General, DAYS[0], holidays);
    assert!(today.is_none_or(|deadline| deadline.from == DAYS[0]));
}

fn look_up(text: &str) -> Option<()> {
    let mut parts = text.split('\0');
    let files = RegionFiles {
        version: parts.next()?,
        provinces: parts.next()?,
        regencies: parts.next()?,
        districts: parts.next()?,
        villages: parts.next()?,
    };
    let table = RegionTable::parse(&files).ok()?;
    for province in table.provinces() {
        for region in table.children(&province.code) {
            let path = table.path(&region.code)?;
            assert_eq!(path.within.first().map(|first| &first.code), Some(&province.code));
            assert!(region.name.trim().is_empty() || table.search(region.code.as_str(), 10).contains(&path));
        }
    }
    Some(())
}

fn samples() -> Vec<Vec<u8>> {
    let regions = [
        "edition = \"Contoh\"\nretrieved = \"2025-01-31\"\nsource = \"buatan sendiri\"\n",
        "code,name\n81,Maluku\n",
        "code,province_code,name\n81.71,81,Kota Ambon\n81.04,81,Kabupaten Contoh\n",
        "code,regency_code,name\n81.71.01,81.71,Nusaniwe\n",
        "code,district_code,name\n81.71.01.1001,81.71.01,Nusaniwe\n81.71.01.3001,81.71.01,\"Nusaniwe, Negeri\"\n",
    ];
    vec![
        [b"\0", DEADLINES.as_bytes()].concat(),
        [b"\x01", HOLIDAYS.as_bytes()].concat(),
        [b"\x02", regions.join("\0").as_bytes()].concat(),
    ]
}
