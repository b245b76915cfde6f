//! NIP of PNS and PPPK, NRP of TNI and Polri: what can be read from one, and what looks wrong about it.
//!
//! No check digit exists and local practice varies, so a number is never refused: it is kept as written, and what
//! looks wrong is said.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::records::{Sex, StaffGroup};

/// What a staff number tells about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum StaffNumber {
    /// NIP of a PNS: birth date, year and month of appointment, sex, sequence.
    CivilServant {
        /// Date of birth.
        born: Date,
        /// Year of appointment.
        appointed_year: i16,
        /// Month of appointment.
        appointed_month: i8,
        /// L or P.
        sex: Sex,
    },
    /// NIP of a PPPK: birth date, year of the contract, which contract it is, sex, sequence.
    ContractEmployee {
        /// Date of birth.
        born: Date,
        /// Year of the contract.
        contract_year: i16,
        /// Which contract of the person it is; digits 13 and 14, which are a month only in the NIP of a PNS.
        contract_count: i8,
        /// L or P.
        sex: Sex,
    },
    /// A NIP that may be either: digits 13 and 14 would do as a month and as a contract count.
    CivilServantOrContract {
        /// Date of birth.
        born: Date,
        /// L or P.
        sex: Sex,
    },
    /// NRP of TNI or Polri, of which no form is relied on.
    Service,
    /// Nothing could be read from it.
    Unread,
}

/// Something about a staff number that looks wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum StaffNumberDoubt {
    /// A NIP has 18 digits.
    Length {
        /// How many it has.
        digits: usize,
    },
    /// It contains something other than digits and spaces.
    Letters,
    /// A spreadsheet turned it into a power of ten or into a rounded number, and the last digits are lost.
    Rounded,
    /// The first eight digits are no date of birth.
    BirthDate,
    /// Appointment or contract lies before the person was sixteen, or in the future.
    Appointment,
    /// For a PNS, digits 13 and 14 must be a month.
    AppointmentMonth,
    /// Digit 15 must be 1 or 2.
    Sex,
    /// It is a NIP though the person is said to be TNI or Polri.
    NotService,
}

/// A staff number as read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StaffNumberReading {
    /// Without spaces, dots and dashes.
    pub normalised: String,
    /// What it tells.
    pub number: StaffNumber,
    /// Everything that looks wrong; empty for a blank number.
    pub doubts: Vec<StaffNumberDoubt>,
}

/// Digits in a NIP.
pub const NIP_DIGITS: usize = 18;

/// PPPK exist since UU 5/2014; an earlier year in digits 9 to 12 can only be that of a PNS.
const FIRST_CONTRACT_YEAR: i16 = 2014;

/// Nobody is appointed younger; generous, since the laws on it changed.
const YOUNGEST_AT_APPOINTMENT: i16 = 16;

impl StaffNumberDoubt {
    /// The message that explains it, in the messages of problems.
    pub fn message(&self) -> &'static str {
        match self {
            StaffNumberDoubt::Length { .. } => "problem-staff-number-length",
            StaffNumberDoubt::Letters => "problem-staff-number-letters",
            StaffNumberDoubt::Rounded => "problem-staff-number-rounded",
            StaffNumberDoubt::BirthDate => "problem-staff-number-birth-date",
            StaffNumberDoubt::Appointment => "problem-staff-number-appointment",
            StaffNumberDoubt::AppointmentMonth => "problem-staff-number-appointment-month",
            StaffNumberDoubt::Sex => "problem-staff-number-sex",
            StaffNumberDoubt::NotService => "problem-staff-number-not-service",
        }
    }
}

/// The number without the spaces, dots, dashes and quotes people and spreadsheets put into it.
pub fn normalise(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '\'' | '’' | '`' | '\u{feff}')).collect()
}

/// Reads a staff number. `group` is what the person is said to be, `today` the date in the office's time zone.
pub fn read(text: &str, group: Option<&StaffGroup>, today: Date) -> StaffNumberReading {
    let rounded = is_power_of_ten(text);
    let normalised = if rounded { text.trim().to_owned() } else { normalise(text) };
    let unread = |doubts| StaffNumberReading { normalised: normalised.clone(), number: StaffNumber::Unread, doubts };
    // A lone dash is how people write "none".
    if normalised.is_empty() {
        return unread(vec![]);
    }
    if rounded {
        return unread(vec![StaffNumberDoubt::Rounded]);
    }
    let service = matches!(group, Some(StaffGroup::Military | StaffGroup::Police));
    if service && normalised.len() != NIP_DIGITS {
        return StaffNumberReading { normalised, number: StaffNumber::Service, doubts: vec![] };
    }
    if !normalised.bytes().all(|b| b.is_ascii_digit()) {
        return unread(vec![StaffNumberDoubt::Letters]);
    }
    if normalised.len() != NIP_DIGITS {
        return unread(vec![StaffNumberDoubt::Length { digits: normalised.len() }]);
    }
    let (number, mut doubts) = read_nip(&normalised, group, today);
    if service {
        doubts.push(StaffNumberDoubt::NotService);
    }
    StaffNumberReading { number, doubts, normalised }
}

/// `1,98703E+17`: a spreadsheet's idea of a NIP.
fn is_power_of_ten(text: &str) -> bool {
    let text = text.trim().to_ascii_uppercase();
    text.split_once("E+").is_some_and(|(head, power)| {
        head.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
            && power.bytes().all(|b| b.is_ascii_digit())
            && !head.is_empty()
            && !power.is_empty()
    })
}

fn read_nip(digits: &str, group: Option<&StaffGroup>, today: Date) -> (StaffNumber, Vec<StaffNumberDoubt>) {
    let number = |from: usize, to: usize| digits[from..to].parse::<i16>().unwrap_or_default();
    let mut doubts = Vec::new();

    let born = Date::new(number(0, 4), number(4, 6) as i8, number(6, 8) as i8).ok();
    let born = born.filter(|born| born.year() >= 1900 && *born <= today);
    let (year, pair) = (number(8, 12), number(12, 14) as i8);
    let sex = match digits.as_bytes()[14] {
        b'1' => Some(Sex::Male),
        b'2' => Some(Sex::Female),
        _ => None,
    };
    // Spreadsheets keep fifteen digits of a number and fill up with zeros; no sequence number is 000.
    if digits.ends_with("000") {
        doubts.push(StaffNumberDoubt::Rounded);
    }
    let could_be_month = (1..=12).contains(&pair);
    let contract = match group {
        Some(StaffGroup::Pppk) => Some(true),
        Some(StaffGroup::Pns) => Some(false),
        _ if year < FIRST_CONTRACT_YEAR => Some(false),
        _ if !could_be_month => Some(true),
        _ => None,
    };
    if born.is_none() {
        doubts.push(StaffNumberDoubt::BirthDate);
    }
    if born.is_some_and(|born| year < born.year() + YOUNGEST_AT_APPOINTMENT) || year > today.year() {
        doubts.push(StaffNumberDoubt::Appointment);
    }
    if contract == Some(false) && !could_be_month {
        doubts.push(StaffNumberDoubt::AppointmentMonth);
    }
    if sex.is_none() {
        doubts.push(StaffNumberDoubt::Sex);
    }
    let reading = match (born, sex, contract) {
        (Some(born), Some(sex), Some(true)) => {
            StaffNumber::ContractEmployee { born, contract_year: year, contract_count: pair, sex }
        }
        (Some(born), Some(sex), Some(false)) => {
            StaffNumber::CivilServant { born, appointed_year: year, appointed_month: pair, sex }
        }
        (Some(born), Some(sex), None) => StaffNumber::CivilServantOrContract { born, sex },
        _ => StaffNumber::Unread,
    };
    (reading, doubts)
}

impl StaffNumber {
    /// The sex the number says, if it says one.
    pub fn sex(&self) -> Option<&Sex> {
        match self {
            StaffNumber::CivilServant { sex, .. }
            | StaffNumber::ContractEmployee { sex, .. }
            | StaffNumber::CivilServantOrContract { sex, .. } => Some(sex),
            StaffNumber::Service | StaffNumber::Unread => None,
        }
    }

    /// The staff group only such a number can belong to, if there is one.
    pub fn group(&self) -> Option<StaffGroup> {
        match self {
            StaffNumber::CivilServant { .. } => Some(StaffGroup::Pns),
            StaffNumber::ContractEmployee { .. } => Some(StaffGroup::Pppk),
            StaffNumber::CivilServantOrContract { .. } | StaffNumber::Service | StaffNumber::Unread => None,
        }
    }
}

/// The number grouped as it is printed: `19870312 201001 1 004`; anything but a NIP stays as it is.
pub fn describe(text: &str) -> String {
    let number = normalise(text);
    if number.len() == NIP_DIGITS && number.bytes().all(|b| b.is_ascii_digit()) {
        format!("{} {} {} {}", &number[..8], &number[8..14], &number[14..15], &number[15..])
    } else {
        text.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read_on_a_day(text: &str, group: Option<StaffGroup>) -> StaffNumberReading {
        read(text, group.as_ref(), date(2026, 11, 21))
    }

    #[track_caller]
    fn check_doubts(text: &str, group: Option<StaffGroup>, expected: &[StaffNumberDoubt]) {
        assert_eq!(read_on_a_day(text, group).doubts, expected, "doubts about {text}");
    }

    #[test]
    fn the_nip_of_a_pns_tells_birth_appointment_and_sex() {
        let reading = read_on_a_day("19870312 201001 1 004", Some(StaffGroup::Pns));
        let born = date(1987, 3, 12);
        assert_eq!(
            reading.number,
            StaffNumber::CivilServant { born, appointed_year: 2010, appointed_month: 1, sex: Sex::Male }
        );
        assert_eq!(reading.doubts, []);
        assert_eq!(describe(&reading.normalised), "19870312 201001 1 004");
    }

    #[test]
    fn the_nip_of_a_pppk_has_a_contract_count_where_a_pns_has_a_month() {
        let text = "199003052023212017";
        let contract = StaffNumber::ContractEmployee {
            born: date(1990, 3, 5),
            contract_year: 2023,
            contract_count: 21,
            sex: Sex::Female,
        };
        assert_eq!(read_on_a_day(text, Some(StaffGroup::Pppk)).number, contract);
        assert_eq!(read_on_a_day(text, None).number, contract, "21 is no month, so it is a PPPK");
        check_doubts(text, None, &[]);
        check_doubts(text, Some(StaffGroup::Pns), &[StaffNumberDoubt::AppointmentMonth]);
        let either = read_on_a_day("199003052023012017", None);
        assert!(matches!(either.number, StaffNumber::CivilServantOrContract { .. }), "01 may be either: {either:?}");
    }

    #[test]
    fn what_looks_wrong_is_said_and_nothing_is_refused() {
        check_doubts("", Some(StaffGroup::Pns), &[]);
        check_doubts(" - ", None, &[]);
        check_doubts("19870312201001100", None, &[StaffNumberDoubt::Length { digits: 17 }]);
        check_doubts("1987031220100110O4", None, &[StaffNumberDoubt::Letters]);
        check_doubts("1,98703E+17", None, &[StaffNumberDoubt::Rounded]);
        check_doubts("198703122010011000", None, &[StaffNumberDoubt::Rounded]);
        check_doubts("198713122010011004", None, &[StaffNumberDoubt::BirthDate]);
        check_doubts("198703121990011004", None, &[StaffNumberDoubt::Appointment]);
        check_doubts("198703122040011004", Some(StaffGroup::Pns), &[StaffNumberDoubt::Appointment]);
        check_doubts("198703122010013004", None, &[StaffNumberDoubt::Sex]);
        check_doubts("198703122010011004", Some(StaffGroup::Police), &[StaffNumberDoubt::NotService]);
        check_doubts("87030412", Some(StaffGroup::Police), &[]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,24}|[0-9 ]{15,20}") {
            for group in [None, Some(StaffGroup::Pns), Some(StaffGroup::Pppk), Some(StaffGroup::Military)] {
                read_on_a_day(&text, group);
            }
            describe(&text);
        }
    }
}
