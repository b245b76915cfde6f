//! What an import would do, and doing it.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::attendee_row;
use super::matching::{Identity, People, fill_blanks, person_no};
use super::reader::{self, AttendanceError, Column, ColumnReading, Encoding, Input, Rejected, Separator, SourceFormat};
use crate::records::Attendee;
use crate::schema::RecordId;
use crate::staff_number::{self, StaffNumberDoubt};

/// A message with its arguments; the texts are in `attendance.ftl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reason {
    /// Its message key.
    pub reason: String,
    /// What stands in it.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

impl Reason {
    /// A message without arguments.
    pub(super) fn plain(reason: &str) -> Reason {
        Reason { reason: reason.to_owned(), args: BTreeMap::new() }
    }

    /// A message with arguments.
    pub(super) fn with(reason: &str, args: &[(&str, String)]) -> Reason {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Reason { reason: reason.to_owned(), args }
    }
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

/// One of the input's people while their rows are gathered.
struct Gathered {
    attendee: Attendee,
    rows: Vec<u32>,
    into: Option<RecordId>,
    because: Vec<Reason>,
    doubts: Vec<(Option<Match>, Reason)>,
}

/// Says what an import would do to the list.
///
/// `today` is the date in the office's time zone; staff numbers are judged by it.
pub fn preview(existing: &[Attendee], input: &Input, today: Date) -> Result<AttendancePreview, AttendanceError> {
    let reading = reader::read(input)?;
    let mut people = People::of_list(existing);
    let mut gathered: Vec<Gathered> = Vec::new();
    // Who of the input was merged into whom on the list, so that later rows find the same person.
    let mut merged_into: HashMap<RecordId, usize> = HashMap::new();
    let tells_agency =
        |column: &ColumnReading| matches!(column.column, Some(Column::Agency | Column::PositionOrAgency));
    let agency_in_name = !reading.columns.iter().any(tells_agency);
    for row in &reading.rows {
        let read = attendee_row::attendee(row, agency_in_name, input.pasted, today);
        let next = person_no(gathered.len());
        let first = |into, because, doubts| Gathered {
            attendee: read.attendee.clone(),
            rows: vec![row.row],
            into,
            because,
            doubts,
        };
        let unclear = read.doubt.clone().map(|why| (None, why));
        match people.identify(&read.attendee) {
            Identity::Same(whom, because) => {
                people.learn(whom, &read.attendee);
                let at = match whom {
                    Match::Person(PersonNo(at)) => at as usize,
                    Match::Existing(id) => *merged_into.entry(id).or_insert(gathered.len()),
                };
                match (gathered.get_mut(at), whom) {
                    (Some(person), _) => person.join(row.row, &read.attendee, because),
                    (None, Match::Existing(id)) => gathered.push(first(Some(id), vec![because], vec![])),
                    (None, Match::Person(_)) => gathered.push(first(None, vec![because], vec![])),
                }
            }
            Identity::Doubtful(candidates) => {
                people.add(Match::Person(next), &read.attendee);
                let candidates = candidates.into_iter().map(|(who, why)| (Some(who), why));
                gathered.push(first(None, vec![], candidates.chain(unclear).collect()));
            }
            Identity::New => {
                people.add(Match::Person(next), &read.attendee);
                gathered.push(first(None, vec![], unclear.into_iter().collect()));
            }
        }
    }
    let rows = reading.rows.len() + reading.rejected.len();
    let mut preview = AttendancePreview {
        people: gathered.len(),
        added: Vec::new(),
        merged: Vec::new(),
        doubted: Vec::new(),
        rejected: reading.rejected,
        rows,
        format: reading.format,
        encoding: reading.encoding,
        separator: reading.separator,
        header_row: reading.header_row,
        columns: reading.columns,
        notes: reading.notes,
    };
    let rows_of: Vec<Vec<u32>> = gathered.iter().map(|person| person.rows.clone()).collect();
    let by_id: HashMap<RecordId, &Attendee> = existing.iter().map(|attendee| (attendee.id, attendee)).collect();
    for (at, person) in gathered.into_iter().enumerate() {
        sort_out(person_no(at), person, &by_id, &people, &rows_of, today, &mut preview);
    }
    Ok(preview)
}

impl Gathered {
    /// Another row of the same person: blanks are filled and minutes add up.
    fn join(&mut self, row: u32, attendee: &Attendee, because: Reason) {
        self.rows.push(row);
        fill_blanks(&mut self.attendee, attendee);
        self.attendee.minutes_present = sum(self.attendee.minutes_present, attendee.minutes_present);
        if !self.because.contains(&because) {
            self.because.push(because);
        }
    }
}

/// Puts a gathered person where they belong in the preview.
fn sort_out(
    person: PersonNo,
    gathered: Gathered,
    existing: &HashMap<RecordId, &Attendee>,
    people: &People,
    rows_of: &[Vec<u32>],
    today: Date,
    preview: &mut AttendancePreview,
) {
    let Gathered { attendee, rows, into, because, doubts } = gathered;
    if let Some(known) = into.and_then(|id| existing.get(&id)) {
        let (attendee, filled) = merged(known, &attendee);
        preview.merged.push(MergedPerson { person, into, rows, attendee, because, filled });
        return;
    }
    if rows.len() > 1 {
        let (rows, attendee) = (rows.clone(), attendee.clone());
        preview.merged.push(MergedPerson { person, into: None, rows, attendee, because, filled: vec![] });
    }
    if doubts.is_empty() {
        let remarks = remarks(&attendee, today);
        preview.added.push(AddedPerson { person, rows, attendee, remarks });
        return;
    }
    let doubts = doubts
        .into_iter()
        .map(|(candidate, because)| {
            let (candidate_name, candidate_agency) = candidate.map(|who| people.describe(who)).unwrap_or_default();
            let candidate_rows = match candidate {
                Some(Match::Person(PersonNo(at))) => rows_of.get(at as usize).cloned().unwrap_or_default(),
                _ => Vec::new(),
            };
            Doubt { because, candidate, candidate_name, candidate_agency, candidate_rows }
        })
        .collect();
    preview.doubted.push(DoubtedPerson { person, rows, attendee, doubts });
}

/// Someone on the list with what an import adds to them, and the names of the fields it changes.
///
/// Importing the same file again changes nothing: minutes are the larger of both, not their sum.
fn merged(known: &Attendee, imported: &Attendee) -> (Attendee, Vec<String>) {
    let mut attendee = known.clone();
    let mut filled = fill_blanks(&mut attendee, imported);
    if imported.minutes_present > attendee.minutes_present {
        attendee.minutes_present = imported.minutes_present;
        filled.push("minutes_present".to_owned());
    }
    (attendee, filled)
}

/// What looks wrong about someone who is added, without preventing it.
fn remarks(attendee: &Attendee, today: Date) -> Vec<Reason> {
    let reading = staff_number::read(&attendee.staff_number, attendee.staff_group.as_ref(), today);
    let remark = |doubt: &StaffNumberDoubt| match doubt {
        StaffNumberDoubt::Length { digits } => Reason::with(doubt.message(), &[("digits", digits.to_string())]),
        _ => Reason::plain(doubt.message()),
    };
    reading.doubts.iter().map(remark).collect()
}

/// The attendees to write: new ones with ids from `ids`, in the order of the input, and those of `existing` that a
/// merge fills in. What a merge leaves as it is is not written.
pub fn accept(
    existing: &[Attendee],
    preview: &AttendancePreview,
    decisions: &Decisions,
    mut ids: impl FnMut() -> RecordId,
) -> Vec<Attendee> {
    let mut written: BTreeMap<RecordId, Attendee> = BTreeMap::new();
    let mut new: BTreeMap<PersonNo, Attendee> = BTreeMap::new();
    // Where each person of the input ends up, for those that a decision merges into them.
    let mut place: HashMap<PersonNo, Match> = HashMap::new();
    for person in &preview.added {
        new.insert(person.person, person.attendee.clone());
    }
    for person in &preview.merged {
        if let Some(id) = person.into {
            written.insert(id, person.attendee.clone());
            place.insert(person.person, Match::Existing(id));
        }
    }
    let mut waiting: Vec<(&DoubtedPerson, Match)> = Vec::new();
    for person in &preview.doubted {
        match decisions.get(&person.person).unwrap_or(&Decision::Add) {
            Decision::Add => {
                new.insert(person.person, person.attendee.clone());
            }
            Decision::Skip => {}
            Decision::Merge(whom) => {
                place.insert(person.person, *whom);
                waiting.push((person, *whom));
            }
        }
    }
    let known: HashMap<RecordId, &Attendee> = existing.iter().map(|attendee| (attendee.id, attendee)).collect();
    for (person, whom) in waiting {
        let imported = &person.attendee;
        match final_place(whom, &place) {
            Match::Existing(id) => match written.get(&id).or(known.get(&id).copied()) {
                Some(into) => {
                    let (attendee, _) = merged(into, imported);
                    written.insert(id, attendee);
                }
                None => {
                    new.insert(person.person, imported.clone());
                }
            },
            Match::Person(no) => match new.get_mut(&no) {
                Some(into) => {
                    fill_blanks(into, imported);
                    into.minutes_present = sum(into.minutes_present, imported.minutes_present);
                }
                // Merged into someone who was left out, or in a circle: nobody may be lost by that.
                None => {
                    new.insert(person.person, imported.clone());
                }
            },
        }
    }
    let changed = written.into_values().filter(|attendee| known.get(&attendee.id) != Some(&attendee));
    let mut accepted: Vec<Attendee> = changed.collect();
    accepted.extend(new.into_values().map(|attendee| Attendee { id: ids(), ..attendee }));
    accepted
}

fn sum(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// Follows merges to the end. A circle ends where it began.
fn final_place(whom: Match, place: &HashMap<PersonNo, Match>) -> Match {
    let mut at = whom;
    for _ in 0..place.len() {
        match at {
            Match::Person(no) => match place.get(&no) {
                Some(next) => at = *next,
                None => break,
            },
            Match::Existing(_) => break,
        }
    }
    at
}

#[cfg(test)]
mod tests;
