//! From the cells of a row to an attendee, tidied, with nothing that the row says reinterpreted.

use jiff::civil::Date;

use super::Reason;
use super::display_name::{self, DisplayDoubt};
use super::reader::{Column, Row};
use crate::records::{AttendanceSource, Attendee, Sex, StaffGroup};
use crate::staff_number;

/// The attendee a row describes, and what is uncertain about who it is.
pub(super) struct ReadAttendee {
    pub(super) attendee: Attendee,
    pub(super) doubt: Option<Reason>,
}

/// The attendee a row describes. Where no column tells the agency, the name is taken apart into name and agency.
pub(super) fn attendee(row: &Row, agency_in_name: bool, pasted: bool, today: Date) -> ReadAttendee {
    let (position, agency) = position_and_agency(row);
    let mut attendee = Attendee {
        name: tidy(row.cell(Column::Name)),
        staff_number: staff_number(row.cell(Column::StaffNumber)),
        position,
        agency,
        sex: sex(row),
        phone: phone(row.cell(Column::Phone)),
        staff_group: staff_group(row.cell(Column::StaffGroup)),
        email: row.cell(Column::Email).to_lowercase(),
        minutes_present: minutes(row.cell(Column::Minutes)),
        source: Some(if pasted { AttendanceSource::Pasted } else { AttendanceSource::Imported }),
        ..Attendee::default()
    };
    fill_from_staff_number(&mut attendee, today);
    let doubt = if agency_in_name { take_display_name_apart(&mut attendee) } else { None };
    ReadAttendee { attendee, doubt }
}

/// A NIP without anything odd about it says group and sex; what the row says itself stands.
fn fill_from_staff_number(attendee: &mut Attendee, today: Date) {
    let reading = staff_number::read(&attendee.staff_number, attendee.staff_group.as_ref(), today);
    if reading.doubts.is_empty() {
        attendee.staff_group = attendee.staff_group.take().or_else(|| reading.number.group());
        attendee.sex = attendee.sex.take().or_else(|| reading.number.sex().cloned());
    }
}

fn take_display_name_apart(attendee: &mut Attendee) -> Option<Reason> {
    let (shown, original) = display_name::with_original(&attendee.name);
    let taken = display_name::take_apart(&shown, original.as_deref());
    attendee.name = taken.name;
    attendee.agency = taken.agency;
    if attendee.position.is_empty() {
        attendee.position = taken.position;
    }
    taken.doubt.map(|doubt| {
        Reason::plain(match doubt {
            DisplayDoubt::Device => "attendance-doubt-device",
            DisplayDoubt::AgencyOnly => "attendance-doubt-agency-only",
            DisplayDoubt::Parts => "attendance-doubt-parts",
        })
    })
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number a spreadsheet turned into a power of ten is kept as it is, so that its loss stays visible.
fn staff_number(text: &str) -> String {
    if text.to_ascii_uppercase().contains("E+") { text.trim().to_owned() } else { staff_number::normalise(text) }
}

fn position_and_agency(row: &Row) -> (String, String) {
    let (position, agency) = (tidy(row.cell(Column::Position)), tidy(row.cell(Column::Agency)));
    let both = tidy(row.cell(Column::PositionOrAgency));
    if both.is_empty() || !position.is_empty() || !agency.is_empty() {
        return (position, agency);
    }
    let halves = both.split_once('/').or_else(|| both.split_once(" - ")).or_else(|| both.split_once(", "));
    match halves {
        Some((first, second)) if display_name::is_agency(first.trim()) => (tidy(second), tidy(first)),
        Some((first, second)) => (tidy(first), tidy(second)),
        None if display_name::is_agency(&both) => (String::new(), both),
        None => (both, String::new()),
    }
}

fn sex(row: &Row) -> Option<Sex> {
    match row.cell(Column::Sex).to_lowercase().as_str() {
        "l" | "lk" | "laki" | "laki-laki" | "laki laki" | "pria" | "m" | "male" => Some(Sex::Male),
        "p" | "pr" | "perempuan" | "wanita" | "f" | "female" => Some(Sex::Female),
        _ if !row.cell(Column::MaleMark).is_empty() && row.cell(Column::FemaleMark).is_empty() => Some(Sex::Male),
        _ if !row.cell(Column::FemaleMark).is_empty() && row.cell(Column::MaleMark).is_empty() => Some(Sex::Female),
        _ => None,
    }
}

/// An Indonesian mobile number as it is dialled in the country; a spreadsheet drops the leading zero.
fn phone(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let rest = digits.strip_prefix("62").or_else(|| digits.strip_prefix('0')).unwrap_or(&digits);
    if rest.starts_with('8') && (9..=13).contains(&rest.len()) { format!("0{rest}") } else { tidy(text) }
}

fn staff_group(text: &str) -> Option<StaffGroup> {
    let lower = text.to_lowercase();
    let has = |part: &str| lower.contains(part);
    if lower.is_empty() {
        None
    } else if has("pppk") || has("p3k") {
        Some(StaffGroup::Pppk)
    } else if has("pns") && !has("non") {
        Some(StaffGroup::Pns)
    } else if ["honor", "kontrak", "ptt", "tkk", "ppnpn", "non asn", "non-asn", "non pns"].iter().any(|part| has(part))
    {
        Some(StaffGroup::Contract)
    } else if has("tni") {
        Some(StaffGroup::Military)
    } else if has("polri") || has("polisi") {
        Some(StaffGroup::Police)
    } else if has("desa") || has("bpd") {
        Some(StaffGroup::Village)
    } else if has("umum") || has("masyarakat") {
        Some(StaffGroup::Public)
    } else {
        None
    }
}

/// Nobody stays longer than this; what says so is no duration.
const MOST_MINUTES: i64 = 1_000_000;

/// Whole minutes: `47`, `47.0`, `1:05:30`, `1 jam 5 menit`.
fn minutes(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let minutes = if let Ok(minutes) = text.replace(',', ".").parse::<f64>() {
        // Beyond the range of whole numbers this gives the nearest of them, which is out of bounds as well.
        if minutes.is_nan() || minutes < 0.0 { None } else { Some(minutes.round() as i64) }
    } else if text.contains(':') {
        clock_minutes(&text)
    } else {
        worded_minutes(&text)
    };
    minutes.filter(|minutes| (0..=MOST_MINUTES).contains(minutes))
}

fn clock_minutes(text: &str) -> Option<i64> {
    let parts: Option<Vec<u32>> = text.split(':').map(|part| part.trim().parse().ok()).collect();
    let (hours, minutes, seconds) = match parts?[..] {
        [hours, minutes] => (hours, minutes, 0),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    Some(i64::from(hours) * 60 + i64::from(minutes) + i64::from(seconds >= 30))
}

fn worded_minutes(text: &str) -> Option<i64> {
    let mut total = 0;
    let mut number: Option<u32> = None;
    for part in text.split_whitespace() {
        match (part.parse::<u32>(), number.take()) {
            (Ok(value), _) => number = Some(value),
            (Err(_), Some(value)) if part.starts_with('j') || part.starts_with('h') => total += i64::from(value) * 60,
            (Err(_), Some(value)) if part.starts_with('m') => total += i64::from(value),
            _ => {}
        }
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_minutes(text: &str, expected: Option<i64>) {
        assert_eq!(minutes(text), expected, "the minutes of {text:?}");
    }

    #[test]
    fn minutes_are_read_as_meeting_programs_write_them() {
        check_minutes("47", Some(47));
        check_minutes(" 47,0 ", Some(47));
        check_minutes("1:05:30", Some(66));
        check_minutes("1:05", Some(65));
        check_minutes("1 jam 5 menit", Some(65));
        check_minutes("2 hours", Some(120));
    }

    #[test]
    fn what_nobody_can_stay_is_no_duration() {
        for text in ["", "-", "-1", "nan", "inf", "1e300", "1:2:3:4", "-1:05", "9223372036854775807:00"] {
            check_minutes(text, None);
        }
        check_minutes("4294967295:4294967295", None);
        check_minutes("9223372036854775807 jam", None);
        check_minutes("4294967295 jam 4294967295 jam", None);
    }
}
