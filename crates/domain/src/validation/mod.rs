//! What is missing in a record, or looks wrong about it: all of it at once, and never a reason not to save.

mod attendee;
mod checklist;
mod finding;
mod outreach_event;
mod supervision_report;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use attendee::validate_attendee;
pub use finding::validate_finding;
pub use outreach_event::validate_outreach_event;
pub use supervision_report::validate_supervision_report;

use crate::region_table::RegionTable;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The record cannot be submitted or printed like this.
    Error,
    /// It can, but will probably come back.
    Warning,
    /// It may be right.
    Hint,
}

/// Something missing or wrong in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// Where, e.g. `witnesses[2].name`; the number is the place in the list, from 0.
    pub field: String,
    /// The message key of the field's name, e.g. `field-witness-name`.
    pub label: String,
    /// The message key of what is wrong, in `problems.ftl`.
    pub message: String,
    /// What stands in the message.
    pub args: BTreeMap<String, String>,
    /// How much it weighs.
    pub severity: Severity,
    /// The part of the form it belongs to; its name is the message `section-<record>-<section>`.
    pub section: String,
}

/// What validation needs to know besides the record.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The date in the office's time zone.
    pub today: Date,
    /// The regions.
    pub regions: &'a RegionTable,
}

#[cfg(test)]
mod tests;
