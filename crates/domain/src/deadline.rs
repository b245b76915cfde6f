//! Deadlines: which rule applies, what it says, and the date that follows from it.
//!
//! The rules and the holidays are dated data with their source. Nothing here knows a number of days.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::records::{ElectionRegime, Finding};

/// What must be done by a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineStep {
    /// A temuan is decided on.
    FindingDecided,
    /// A laporan is handed in.
    ReportLodged,
    /// A registered temuan or laporan is followed up.
    FollowUp,
    /// A follow-up for which further information is needed.
    FollowUpExtended,
}

/// Which days count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DayCounting {
    /// Every day.
    Calendar,
    /// Days that are neither weekend nor holiday.
    Working,
}

/// One rule, as a law or regulation has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    /// Its name, kept with every deadline it gave.
    pub key: String,
    /// What must be done.
    pub step: DeadlineStep,
    /// Under which law the election is held.
    pub regime: ElectionRegime,
    /// The first day on which the rule applies to what begins that day.
    pub valid_from: Date,
    /// The last such day; open if absent.
    pub valid_until: Option<Date>,
    /// How many days.
    pub days: u16,
    /// Which days count.
    pub counting: DayCounting,
    /// Whether the day it runs from is day one, or the day after it is.
    #[serde(default)]
    pub first_day_counts: bool,
    /// Law and article.
    pub basis: String,
    /// The provision in its own words or a close paraphrase.
    pub text: String,
    /// Where the text was read.
    pub source: String,
    /// Whether every part of the rule, counting included, was checked against the text of the law.
    pub verified: bool,
    /// What is not certain about it.
    #[serde(default)]
    pub remark: String,
}

/// The deadline rules of one edition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRules {
    /// The day the edition was put together.
    pub edition: Date,
    #[serde(rename = "rule")]
    rules: Vec<DeadlineRule>,
}

/// A day off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    date: Date,
    name: String,
}

/// The years one decree fixes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayYear {
    year: i16,
    basis: String,
    verified: bool,
    #[serde(rename = "day")]
    days: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayFile {
    weekend: Vec<String>,
    year: Vec<HolidayYear>,
}

/// National holidays, collective leave and election days, by year.
#[derive(Clone, Debug)]
pub struct Holidays {
    weekend: Vec<Weekday>,
    years: BTreeMap<i16, HolidayYear>,
    names: BTreeMap<Date, String>,
}

/// A rule file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RuleFileError {
    /// It is not the TOML it should be.
    #[error("the rule file is malformed")]
    Malformed(#[source] toml::de::Error),
    /// A weekend day is not the English name of a day.
    #[error("the holiday file names a weekend day that does not exist")]
    Weekend,
    /// Two rules apply to the same step on the same day.
    #[error("two deadline rules apply on the same day: {first} and {second}")]
    Overlap {
        /// The key of one.
        first: String,
        /// The key of the other.
        second: String,
    },
}

/// A deadline and everything an officer needs to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Deadline {
    /// The last day.
    pub due: Date,
    /// What must be done by then.
    pub step: DeadlineStep,
    /// The key of the rule applied.
    pub rule_key: String,
    /// Its law and article.
    pub basis: String,
    /// What it says.
    pub text: String,
    /// How many days it gives.
    pub days: u16,
    /// Which days count.
    pub counting: DayCounting,
    /// The day it runs from.
    pub from: Date,
    /// Where the rule was read.
    pub source: String,
    /// Whether the rule was checked against the law; if not, the date is shown as provisional.
    pub verified: bool,
    /// What is not certain about the rule.
    pub remark: String,
    /// Days off, other than weekends, that were not counted.
    pub holidays_skipped: Vec<Date>,
    /// Whether the holidays of every year involved are known; if not, a working-day deadline may fall later.
    pub holidays_known: bool,
}

/// How near a deadline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Urgency {
    /// It has passed.
    Overdue {
        /// Calendar days since.
        days: i32,
    },
    /// It is today.
    Today,
    /// At most two calendar days are left.
    Soon {
        /// Calendar days left.
        days: i32,
    },
    /// More are left.
    Later {
        /// Calendar days left.
        days: i32,
    },
}

impl DeadlineRules {
    /// Reads a rule file.
    pub fn parse(toml: &str) -> Result<DeadlineRules, RuleFileError> {
        let rules: DeadlineRules = toml::from_str(toml).map_err(RuleFileError::Malformed)?;
        for (at, rule) in rules.rules.iter().enumerate() {
            let clash = rules.rules[at + 1..].iter().find(|other| {
                (rule.step, &rule.regime) == (other.step, &other.regime)
                    && other.valid_until.is_none_or(|end| rule.valid_from <= end)
                    && rule.valid_until.is_none_or(|end| other.valid_from <= end)
            });
            if let Some(other) = clash {
                return Err(RuleFileError::Overlap { first: rule.key.clone(), second: other.key.clone() });
            }
        }
        Ok(rules)
    }

    /// Every rule of the edition.
    pub fn all(&self) -> &[DeadlineRule] {
        &self.rules
    }

    /// The rule for what begins on a day, if there is one.
    pub fn rule(&self, step: DeadlineStep, regime: &ElectionRegime, on: Date) -> Option<&DeadlineRule> {
        self.rules.iter().find(|rule| {
            rule.step == step
                && rule.regime == *regime
                && rule.valid_from <= on
                && rule.valid_until.is_none_or(|end| on <= end)
        })
    }

    /// The deadline of a step that runs from a day.
    pub fn deadline(
        &self,
        step: DeadlineStep,
        regime: &ElectionRegime,
        from: Date,
        holidays: &Holidays,
    ) -> Option<Deadline> {
        self.rule(step, regime, from)?.apply(from, holidays)
    }
}

impl DeadlineRule {
    /// The deadline this rule gives, `None` if it lies beyond the calendar.
    pub fn apply(&self, from: Date, holidays: &Holidays) -> Option<Deadline> {
        let counts = |day: Date| match self.counting {
            DayCounting::Calendar => true,
            DayCounting::Working => !holidays.is_day_off(day),
        };
        let mut due = from;
        let mut left = self.days;
        let mut holidays_skipped = Vec::new();
        let mut holidays_known = true;
        let mut day = from;
        let mut first = self.first_day_counts;
        while left > 0 {
            if !first {
                day = day.checked_add(1.day()).ok()?;
            }
            first = false;
            if counts(day) {
                left -= 1;
                due = day;
            } else if holidays.name(day).is_some() {
                holidays_skipped.push(day);
            }
            holidays_known &= self.counting == DayCounting::Calendar || holidays.knows(day);
        }
        Some(Deadline {
            due,
            step: self.step,
            rule_key: self.key.clone(),
            basis: self.basis.clone(),
            text: self.text.clone(),
            days: self.days,
            counting: self.counting,
            from,
            source: self.source.clone(),
            verified: self.verified,
            remark: self.remark.clone(),
            holidays_skipped,
            holidays_known,
        })
    }
}

impl Holidays {
    /// Reads a holiday file.
    pub fn parse(toml: &str) -> Result<Holidays, RuleFileError> {
        let file: HolidayFile = toml::from_str(toml).map_err(RuleFileError::Malformed)?;
        let weekend: Option<Vec<Weekday>> = file.weekend.iter().map(|name| weekday(name)).collect();
        let names = file.year.iter().flat_map(|year| &year.days).map(|day| (day.date, day.name.clone())).collect();
        let years = file.year.into_iter().map(|year| (year.year, year)).collect();
        Ok(Holidays { weekend: weekend.ok_or(RuleFileError::Weekend)?, years, names })
    }

    /// Whether a day is no working day.
    pub fn is_day_off(&self, day: Date) -> bool {
        self.weekend.contains(&day.weekday()) || self.names.contains_key(&day)
    }

    /// What holiday a day is.
    pub fn name(&self, day: Date) -> Option<&str> {
        self.names.get(&day).map(String::as_str)
    }

    /// Whether the holidays of the day's year are in the table.
    pub fn knows(&self, day: Date) -> bool {
        self.years.contains_key(&day.year())
    }

    /// The decree that fixed a year's holidays, and whether the table was checked against it.
    pub fn basis(&self, year: i16) -> Option<(&str, bool)> {
        self.years.get(&year).map(|year| (year.basis.as_str(), year.verified))
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

impl Deadline {
    /// How near the deadline is on a day.
    pub fn urgency(&self, today: Date) -> Urgency {
        let days = (self.due - today).get_days();
        match days {
            ..0 => Urgency::Overdue { days: -days },
            0 => Urgency::Today,
            1..=2 => Urgency::Soon { days },
            _ => Urgency::Later { days },
        }
    }
}

/// By when a temuan must be decided on; `None` while the regime or the day it became known is missing.
pub fn finding_deadline(finding: &Finding, rules: &DeadlineRules, holidays: &Holidays) -> Option<Deadline> {
    rules.deadline(DeadlineStep::FindingDecided, finding.regime.as_ref()?, finding.known_date?, holidays)
}
