//! What was acknowledged to people: nothing of it may ever be missing.

use std::collections::BTreeSet;

use arumbae_domain::schema::{RecordId, Value};
use arumbae_mergelog::{Operation, Save};

/// A save that its author was told is stored.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// The laptop it was made on.
    pub laptop: usize,
    /// The record it was about, or whose part.
    pub record: RecordId,
    /// The word that stands in this save and in no other.
    pub mark: String,
    /// The disk that held it was lost before anybody else could have it. Without such a loss it must be found.
    pub lost_with_disk: bool,
    /// It was shown as sent once; then it must be found whatever happened to the disk.
    pub shown_as_sent: bool,
}

/// Every save acknowledged, in the order of true time.
#[derive(Default)]
pub struct Ledger {
    entries: Vec<Acknowledged>,
    made: u64,
}

/// Stands before a mark, and in no text that people write.
const BEFORE: char = '⟪';
const AFTER: char = '⟫';

impl Ledger {
    /// A word for the next save of a laptop.
    pub fn next_mark(&mut self, laptop: usize) -> String {
        self.made += 1;
        format!("{BEFORE}{laptop}.{}{AFTER}", self.made)
    }

    /// Notes a save that was acknowledged.
    pub fn acknowledge(&mut self, laptop: usize, record: RecordId, mark: String) {
        self.entries.push(Acknowledged { laptop, record, mark, lost_with_disk: false, shown_as_sent: false });
    }

    /// How many saves were acknowledged so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Every entry.
    pub fn entries(&self) -> &[Acknowledged] {
        &self.entries
    }

    /// The entries of a laptop from a place in the ledger on.
    pub fn of_laptop_since(&mut self, laptop: usize, place: usize) -> impl Iterator<Item = &mut Acknowledged> {
        self.entries.iter_mut().skip(place).filter(move |entry| entry.laptop == laptop)
    }
}

/// A text without the mark of the save that wrote it.
pub fn without_mark(text: &str) -> &str {
    text.split(BEFORE).next().unwrap_or_default().trim_end()
}

/// The marks of a save's own words; what it only quotes, as a decision quotes the value chosen, does not count.
pub fn marks_of(save: &Save, marks: &mut BTreeSet<String>) {
    let own_words = save.ops.iter().filter_map(|op| match op {
        Operation::Set { value: Value::Text(text), .. } => Some(text),
        Operation::Revise { text, .. } => Some(text),
        Operation::Transition { reason, .. } | Operation::Delete { reason, .. } => Some(reason),
        Operation::Resolve { note, .. } => Some(note),
        _ => None,
    });
    let mark_in = |text: &String| text.find(BEFORE).map(|at| text[at..].to_owned());
    marks.extend(own_words.filter_map(mark_in));
}
