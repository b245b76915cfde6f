//! Attendance lists: files of any spreadsheet, any encoding, any hand.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::Attendee;
use arumbae_domain::attendance::{
    AttendancePreview, Column, Decision, Input, Match, PersonNo, ReadingChoices, Separator, accept, preview,
};
use arumbae_domain::schema::RecordId;
use encoding_rs::WINDOWS_1252;
use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::allocation::within;
use crate::{Damage, Decoder};

/// The first byte holds what the user decided about reading; the file follows.
pub const DECODER: Decoder = Decoder { name: "attendance", check, samples, damage: Damage::Unnoticed };

const TODAY: Date = date(2024, 6, 12);

/// Bits of the first byte.
mod choice {
    pub const PASTED: u8 = 1 << 0;
    /// The two bits above it say which separator.
    pub const SEPARATOR: u8 = 1 << 1;
    /// The next byte says how many columns are chosen, a byte each.
    pub const COLUMNS: u8 = 1 << 4;
}

/// What a column can be chosen as.
const COLUMNS: [Option<Column>; 16] = [
    None,
    Some(Column::Name),
    Some(Column::StaffNumber),
    Some(Column::Position),
    Some(Column::Agency),
    Some(Column::PositionOrAgency),
    Some(Column::Sex),
    Some(Column::MaleMark),
    Some(Column::FemaleMark),
    Some(Column::Phone),
    Some(Column::Email),
    Some(Column::StaffGroup),
    Some(Column::Minutes),
    Some(Column::Joined),
    Some(Column::Left),
    Some(Column::WaitingRoom),
];

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let input = input(bytes)?;
    // Every separator is tried, and cells are texts of their own.
    let memory = (1 << 20) + 2048 * bytes.len();
    let first = within(memory, || preview(&[], &input, TODAY)).ok()?;
    check_rows(&first);
    let list = accept(&[], &first, &BTreeMap::new(), ids(1));
    assert_eq!(list.len(), first.people, "whoever was not decided on is added");
    assert!(list.iter().all(|attendee| attendee.minutes_present.is_none_or(|minutes| minutes >= 0)));

    let again = preview(&list, &input, TODAY).expect("what was read once is read again");
    check_rows(&again);
    let decisions = again.doubted.iter().map(|person| {
        let candidate = person.doubts.iter().find_map(|doubt| doubt.candidate);
        (person.person, candidate.map_or(Decision::Skip, Decision::Merge))
    });
    let decisions: BTreeMap<PersonNo, Decision> = decisions.collect();
    let known: BTreeSet<RecordId> = list.iter().map(|attendee| attendee.id).collect();
    let written: Vec<Attendee> = accept(&list, &again, &decisions, ids(1 << 32));
    let merged_into = |person: &Option<RecordId>| person.is_none_or(|id| known.contains(&id));
    assert!(again.merged.iter().all(|person| merged_into(&person.into)), "merged into someone on the list");
    let ids: BTreeSet<RecordId> = written.iter().map(|attendee| attendee.id).collect();
    assert_eq!(ids.len(), written.len(), "nobody is written twice");
    Some(bytes.to_vec())
}

/// Every row ends up somewhere, and every person is somebody.
fn check_rows(preview: &AttendancePreview) {
    let mut rows: BTreeMap<PersonNo, &[u32]> = BTreeMap::new();
    rows.extend(preview.added.iter().map(|person| (person.person, person.rows.as_slice())));
    rows.extend(preview.merged.iter().map(|person| (person.person, person.rows.as_slice())));
    rows.extend(preview.doubted.iter().map(|person| (person.person, person.rows.as_slice())));
    assert_eq!(rows.len(), preview.people, "every person is shown");
    let taken: usize = rows.values().map(|rows| rows.len()).sum();
    assert_eq!(taken + preview.rejected.len(), preview.rows, "no row is lost");
    let doubts = preview.doubted.iter().flat_map(|person| &person.doubts);
    for candidate in doubts.filter_map(|doubt| doubt.candidate) {
        assert!(!matches!(candidate, Match::Person(PersonNo(no)) if no as usize >= preview.people));
    }
}

fn ids(first: u128) -> impl FnMut() -> RecordId {
    let mut next = first;
    move || {
        next += 1;
        RecordId(Uuid::from_u128(next))
    }
}

fn input(bytes: &[u8]) -> Option<Input> {
    let (choices, mut file) = bytes.split_first()?;
    let separator = (choices & choice::SEPARATOR != 0).then(|| Separator::ALL[usize::from(choices >> 2 & 3)]);
    let mut columns = None;
    if choices & choice::COLUMNS != 0 {
        let (count, rest) = file.split_first()?;
        let (chosen, rest) = rest.split_at_checked(usize::from(count % 32))?;
        columns = Some(chosen.iter().map(|column| COLUMNS[usize::from(column % 16)]).collect());
        file = rest;
    }
    let choices_made = ReadingChoices { separator, columns };
    Some(Input { bytes: file.to_vec(), pasted: choices & choice::PASTED != 0, choices: choices_made })
}

fn samples() -> Vec<Vec<u8>> {
    let plain = |file: &[u8]| [&[0], file].concat();
    let table = "No;Nama;NIP;Instansi\r\n1;José Contoh, S.Sos;198703122010011004;Négeri Contoh\r\n\
        2;\"Contoh; Dua\";;Kec. Nusaniwe\r\n;Jumlah;2;\r\n";
    let utf16: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        plain(include_bytes!("../../../assets/sample/daftar-hadir.csv")),
        plain(include_bytes!("../../../assets/sample/zoom-peserta.csv")),
        plain(table.as_bytes()),
        plain(&WINDOWS_1252.encode(table).0),
        plain(&[&[0xff, 0xfe], utf16.as_slice()].concat()),
        plain(&utf16),
        plain(b"No;Nama;Jenis Kelamin;;Instansi\n;;L;P;\n(1);(2);(3);(4);(5)\n1;Satu Contoh;v;;BKN\n"),
        plain(b"\"1,\"\"Contoh, Satu\"\",L\"\n\"2,Contoh Dua,P\"\n"),
        plain(b"Nama|Durasi|Waiting\nSatu Contoh|1 jam 5 menit|ya\nSatu Contoh|1:05:30|tidak\nDua|47,0|\n"),
        [&[choice::PASTED], "1. Satu Contoh, S.Sos\n2) Dua Contoh\n• Tiga Contoh\n".as_bytes()].concat(),
        [&[choice::PASTED | choice::COLUMNS, 3, 0, 1, 2], "1\tSatu Contoh\t198703122010011004\n".as_bytes()].concat(),
        [&[choice::SEPARATOR | 2 << 2], "Nama,NIP\nSatu Contoh,1\nSatu  contoh,1\n".as_bytes()].concat(),
    ]
}
