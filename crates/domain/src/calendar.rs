//! Dates, times and numbers as Indonesian documents write them.
//!
//! The words here are the wording of official documents and do not follow the language of the screen.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The three time zones of Indonesia; none has daylight saving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum IndonesianZone {
    /// Waktu Indonesia Barat, UTC+7.
    Wib,
    /// Waktu Indonesia Tengah, UTC+8.
    Wita,
    /// Waktu Indonesia Timur, UTC+9: Maluku and Maluku Utara.
    #[default]
    Wit,
}

impl IndonesianZone {
    /// The abbreviation printed after a time.
    pub fn abbreviation(self) -> &'static str {
        match self {
            IndonesianZone::Wib => "WIB",
            IndonesianZone::Wita => "WITA",
            IndonesianZone::Wit => "WIT",
        }
    }

    /// The distance from UTC.
    pub fn offset(self) -> Offset {
        match self {
            IndonesianZone::Wib => Offset::constant(7),
            IndonesianZone::Wita => Offset::constant(8),
            IndonesianZone::Wit => Offset::constant(9),
        }
    }

    /// The date and time on the wall at a moment.
    pub fn civil(self, at: Timestamp) -> DateTime {
        TimeZone::fixed(self.offset()).to_datetime(at)
    }
}

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// `Rabu`.
pub fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "Senin",
        Weekday::Tuesday => "Selasa",
        Weekday::Wednesday => "Rabu",
        Weekday::Thursday => "Kamis",
        Weekday::Friday => "Jumat",
        Weekday::Saturday => "Sabtu",
        Weekday::Sunday => "Minggu",
    }
}

/// `Februari`.
pub fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()) - 1]
}

/// `14 Februari 2024`.
pub fn long_date(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// `Rabu, 14 Februari 2024`.
pub fn weekday_date(date: Date) -> String {
    format!("{}, {}", weekday(date), long_date(date))
}

/// `09.30 WIT`; the time must already be that zone's.
pub fn clock(time: Time, zone: IndonesianZone) -> String {
    format!("{:02}.{:02} {}", time.hour(), time.minute(), zone.abbreviation())
}

/// `09.30–11.00 WIT`, `09.30 WIT–selesai` without an end.
pub fn clock_range(from: Time, until: Option<Time>, zone: IndonesianZone) -> String {
    match until {
        Some(until) => format!("{:02}.{:02}–{}", from.hour(), from.minute(), clock(until, zone)),
        None => format!("{}–selesai", clock(from, zone)),
    }
}

/// `14 Februari 2024 09.30 WIT`.
pub fn moment(at: Timestamp, zone: IndonesianZone) -> String {
    let local = zone.civil(at);
    format!("{} {}", long_date(local.date()), clock(local.time(), zone))
}

/// A number in words: 2024 is `dua ribu dua puluh empat`.
pub fn terbilang(number: u64) -> String {
    const UNITS: [&str; 12] =
        ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"];
    const SCALES: [(u64, &str); 6] = [
        (1_000_000_000_000_000_000, "kuintiliun"),
        (1_000_000_000_000_000, "kuadriliun"),
        (1_000_000_000_000, "triliun"),
        (1_000_000_000, "miliar"),
        (1_000_000, "juta"),
        (1_000, "ribu"),
    ];
    // "seratus" and "seribu", never "satu ratus"; the rest of the number follows unless it is nothing.
    let followed_by = |head: String, rest: u64| if rest == 0 { head } else { format!("{head} {}", terbilang(rest)) };
    match number {
        0..=11 => UNITS[number as usize].to_owned(),
        12..=19 => format!("{} belas", UNITS[number as usize - 10]),
        20..=99 => followed_by(format!("{} puluh", UNITS[number as usize / 10]), number % 10),
        100..=199 => followed_by("seratus".to_owned(), number - 100),
        200..=999 => followed_by(format!("{} ratus", UNITS[number as usize / 100]), number % 100),
        1_000..=1_999 => followed_by("seribu".to_owned(), number - 1_000),
        _ => {
            let (size, name) = SCALES.into_iter().find(|(size, _)| number >= *size).unwrap_or((1_000, "ribu"));
            followed_by(format!("{} {name}", terbilang(number / size)), number % size)
        }
    }
}

/// A number in Roman numerals, as letter numbers have the month; empty for zero.
pub fn roman(mut number: u32) -> String {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut text = String::new();
    for (value, numeral) in NUMERALS {
        while number >= value {
            text.push_str(numeral);
            number -= value;
        }
    }
    text
}

/// The month in Roman numerals: `IX` in September.
pub fn roman_month(date: Date) -> String {
    roman(u32::from(date.month().unsigned_abs()))
}

/// How minutes open: `Pada hari ini, Rabu, tanggal empat belas bulan Februari tahun dua ribu dua puluh empat`.
pub fn minutes_opening(date: Date) -> String {
    format!(
        "Pada hari ini, {}, tanggal {} bulan {} tahun {}",
        weekday(date),
        terbilang(u64::from(date.day().unsigned_abs())),
        month(date),
        terbilang(u64::from(date.year().unsigned_abs())),
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn dates_read_as_in_letters() {
        let election = date(2024, 2, 14);
        assert_eq!(weekday_date(election), "Rabu, 14 Februari 2024");
        assert_eq!(roman_month(date(2024, 9, 21)), "IX");
        assert_eq!(clock_range(time(9, 5, 0, 0), None, IndonesianZone::Wit), "09.05 WIT–selesai");
        assert_eq!(clock_range(time(9, 5, 0, 0), Some(time(11, 0, 0, 0)), IndonesianZone::Wit), "09.05–11.00 WIT");
        assert_eq!(
            minutes_opening(election),
            "Pada hari ini, Rabu, tanggal empat belas bulan Februari tahun dua ribu dua puluh empat"
        );
    }

    #[test]
    fn the_wall_clock_is_that_of_the_east() {
        let at: Timestamp = "2024-12-31T15:30:00Z".parse().unwrap();
        assert_eq!(
            IndonesianZone::Wit.civil(at),
            date(2025, 1, 1).at(0, 30, 0, 0),
            "the year begins first in the east"
        );
        assert_eq!(IndonesianZone::Wib.civil(at), date(2024, 12, 31).at(22, 30, 0, 0));
    }

    #[test]
    fn numbers_read_as_they_are_spoken() {
        for (number, words) in [
            (0, "nol"),
            (10, "sepuluh"),
            (11, "sebelas"),
            (19, "sembilan belas"),
            (20, "dua puluh"),
            (100, "seratus"),
            (111, "seratus sebelas"),
            (999, "sembilan ratus sembilan puluh sembilan"),
            (1_000, "seribu"),
            (1_100, "seribu seratus"),
            (2_024, "dua ribu dua puluh empat"),
            (100_000, "seratus ribu"),
            (1_000_000, "satu juta"),
            (1_001_001, "satu juta seribu satu"),
            (2_500_000_000, "dua miliar lima ratus juta"),
        ] {
            assert_eq!(terbilang(number), words);
        }
        assert!(terbilang(u64::MAX).starts_with("delapan belas kuintiliun"));
    }

    #[test]
    fn roman_numerals() {
        for (number, text) in [(0, ""), (1, "I"), (4, "IV"), (9, "IX"), (12, "XII"), (2024, "MMXXIV")] {
            assert_eq!(roman(number), text);
        }
    }
}
