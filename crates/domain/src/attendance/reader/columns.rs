//! What a column holds, by its heading or, without one, by its cells.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::separation::Record;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Nama.
    Name,
    /// NIP or NRP.
    StaffNumber,
    /// Jabatan.
    Position,
    /// Instansi.
    Agency,
    /// Jabatan/Instansi in one column.
    PositionOrAgency,
    /// L/P.
    Sex,
    /// A mark for L, in lists that have a column for each.
    MaleMark,
    /// A mark for P.
    FemaleMark,
    /// Nomor HP.
    Phone,
    /// E-mail.
    Email,
    /// Status kepegawaian.
    StaffGroup,
    /// Minutes present.
    Minutes,
    /// When someone joined an online meeting.
    Joined,
    /// When someone left it.
    Left,
    /// Whether someone was still in the waiting room.
    WaitingRoom,
}

/// How many rows of cells are looked at when there are no headings.
const SAMPLE: usize = 200;

/// The column a heading names.
pub(super) fn of_heading(heading: &str) -> Option<Column> {
    let words: Vec<String> =
        heading.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    // A heading is short; a cell that merely mentions a name is not one.
    if words.is_empty() || words.len() > 9 {
        return None;
    }
    let joined = words.concat();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let agency = has(&[
        "instansi",
        "opd",
        "skpd",
        "unit",
        "lembaga",
        "satker",
        "organisasi",
        "kantor",
        "perusahaan",
        "agency",
        "asal",
        "organization",
        "utusan",
        "kesatuan",
        "perwakilan",
        "dinas",
    ]) || joined == "kecamatan"
        || joined == "desakelurahan";
    let position = has(&["jabatan", "position", "pekerjaan", "pangkat", "golongan", "tugas"]);
    let staff_number = has(&["nip", "nrp", "nipppk", "nippppk"]);

    match joined.as_str() {
        "l" | "lk" | "laki" | "lakilaki" | "pria" => return Some(Column::MaleMark),
        "p" | "pr" | "perempuan" | "wanita" => return Some(Column::FemaleMark),
        "lp" | "pl" | "jk" | "jnskelamin" | "sex" | "gender" => return Some(Column::Sex),
        "wa" | "hp" => return Some(Column::Phone),
        _ => {}
    }
    // Meeting reports put a second e-mail address and the length of the whole meeting above the list of participants;
    // that header has no column of names and is passed over for it.
    if has(&["waiting"]) {
        Some(Column::WaitingRoom)
    } else if has(&["email", "surel"]) || joined.ends_with("mail") {
        Some(Column::Email)
    } else if has(&["duration", "durasi"]) {
        Some(Column::Minutes)
    } else if (has(&["join"]) && has(&["time"])) || joined.starts_with("waktubergabung") || joined == "bergabung" {
        Some(Column::Joined)
    } else if (has(&["leave"]) && has(&["time"])) || joined.starts_with("waktukeluar") || joined == "keluar" {
        Some(Column::Left)
    } else if has(&["kelamin"]) {
        Some(Column::Sex)
    } else if has(&[
        "hp",
        "handphone",
        "telepon",
        "telpon",
        "telp",
        "tlp",
        "whatsapp",
        "wa",
        "ponsel",
        "phone",
        "kontak",
    ]) {
        Some(Column::Phone)
    } else if has(&["status"]) && has(&["kepegawaian", "pegawai", "asn"]) {
        Some(Column::StaffGroup)
    } else if position && agency {
        Some(Column::PositionOrAgency)
    } else if agency {
        Some(Column::Agency)
    } else if has(&["nama", "name", "names", "participant", "peserta"]) && !has(&["kegiatan", "acara", "user", "topic"])
    {
        Some(Column::Name)
    } else if staff_number {
        Some(Column::StaffNumber)
    } else if position {
        Some(Column::Position)
    } else {
        None
    }
}

/// Whether a heading names something that is left aside, such as the counter or the signature.
pub(super) fn is_left_aside(heading: &str) -> bool {
    const LEFT_ASIDE: &[&str] = &[
        "no",
        "nomor",
        "nourut",
        "number",
        "alamat",
        "ttd",
        "tandatangan",
        "paraf",
        "keterangan",
        "ket",
        "tanggal",
        "waktu",
        "capwaktu",
        "stempelwaktu",
        "timestamp",
        "umur",
        "usia",
        "nik",
        "agama",
        "guest",
        "tamu",
        "status",
    ];
    let letters: String = heading.chars().filter(|c| c.is_alphanumeric()).collect();
    LEFT_ASIDE.contains(&letters.to_lowercase().as_str())
}

/// Whether a heading is the one meeting reports have for a name that may have been changed.
pub(super) fn is_original_name(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    heading.contains("original name") || heading.contains("nama asli")
}

/// What the cells say each column holds, when there are no headings.
pub(super) fn of_cells(records: &[Record]) -> Vec<Option<Column>> {
    let sample = || records.iter().filter(|record| !record.is_blank()).take(SAMPLE);
    let width = sample().map(|record| record.cells.len()).max().unwrap_or(0);
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(width);
    let mut texts = Vec::new();
    for at in 0..width {
        let cells: Vec<&str> = sample()
            .filter_map(|record| record.cells.get(at))
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .collect();
        let mostly = |test: fn(&str) -> bool| {
            !cells.is_empty() && cells.iter().filter(|cell| test(cell)).count() * 10 >= cells.len() * 7
        };
        columns.push(if mostly(is_staff_number) {
            Some(Column::StaffNumber)
        } else if mostly(is_phone) {
            Some(Column::Phone)
        } else if mostly(|cell| cell.contains('@') && !cell.contains(' ')) {
            Some(Column::Email)
        } else if mostly(is_sex) {
            Some(Column::Sex)
        } else {
            if mostly(|cell| cell.chars().any(char::is_alphabetic)) {
                texts.push((at, cells.iter().filter(|cell| super::super::display_name::is_agency(cell)).count()));
            }
            None
        });
    }
    // Of the columns of text the first that is not mostly agencies is the names; the one with the most agencies is the
    // agency, anything else the position.
    let agency =
        texts.iter().filter(|(_, agencies)| *agencies > 0).max_by_key(|(_, agencies)| *agencies).map(|(at, _)| *at);
    let agency = agency.filter(|_| texts.len() > 1);
    let mut others = texts.iter().map(|(at, _)| *at).filter(|at| Some(*at) != agency);
    let name = others.next();
    let rest: Vec<usize> = others.collect();
    for (at, column) in [(agency, Column::Agency), (name, Column::Name)] {
        if let Some(at) = at {
            columns[at] = Some(column);
        }
    }
    match (rest[..].first(), agency) {
        (Some(at), Some(_)) => columns[*at] = Some(Column::Position),
        (Some(at), None) => columns[*at] = Some(Column::PositionOrAgency),
        _ => {}
    }
    columns
}

fn is_staff_number(cell: &str) -> bool {
    let digits = crate::staff_number::normalise(cell);
    digits.bytes().all(|b| b.is_ascii_digit()) && (16..=19).contains(&digits.len())
}

fn is_phone(cell: &str) -> bool {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.'))
        && (9..=14).contains(&digits.len())
        && (digits.starts_with('0') || digits.starts_with('8') || digits.starts_with("62"))
}

fn is_sex(cell: &str) -> bool {
    matches!(cell.to_lowercase().as_str(), "l" | "p" | "laki-laki" | "perempuan" | "lk" | "pr" | "pria" | "wanita")
}
