//! The words a record is found by: its own and those of its parts.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::language::{Token, in_full, root, tokens};
use arumbae_domain::schema::{FieldType, RecordKind, Value};
use arumbae_mergelog::RecordState;

use crate::headline::headline;

/// Where in a record a word stands; of several places the first. The letter is put before the word in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In what the record is called by in lists.
    Title,
    /// In a line: a name, a number, a place, an office.
    Line,
    /// In a narrative.
    Narrative,
}

impl Place {
    pub const ALL: [Place; 3] = [Place::Title, Place::Line, Place::Narrative];

    pub fn mark(self) -> char {
        match self {
            Place::Title => 't',
            Place::Line => 'l',
            Place::Narrative => 'n',
        }
    }
}

/// Before the root of a word that stands in the record in another form.
pub(crate) const ROOT_MARK: char = 'r';

/// Longer words are no words; a file pasted into a field must not fill the index.
const LONGEST_WORD: usize = 48;

/// Words as they are gathered from a record and its parts.
#[derive(Debug, Default)]
pub(crate) struct SearchWords {
    places: BTreeMap<String, Place>,
    roots: BTreeSet<String>,
}

impl SearchWords {
    /// Every text of a record, also those of values that lost a conflict: what somebody wrote must be found.
    pub fn add_record(&mut self, kind: RecordKind, state: &RecordState) {
        if kind.is_top_level() {
            self.add(&headline(kind, state).title, Place::Title);
        }
        for (number, view) in state.fields() {
            let place = match kind.definition().field(number).map(|field| field.ty) {
                // Codes are not words anybody wrote.
                Some(FieldType::Choice(_)) => continue,
                Some(FieldType::Narrative) => Place::Narrative,
                _ => Place::Line,
            };
            for head in view.heads {
                if let Value::Text(text) = &head.value {
                    self.add(text, place);
                }
            }
        }
    }

    fn add(&mut self, text: &str, place: Place) {
        for token in tokens(text) {
            match token {
                Token::Word(word) => {
                    let full = in_full(&word);
                    // The words of lines are names for the most part, which have no affixes.
                    if place != Place::Line {
                        self.roots.extend(Some(root(full)).filter(|root| *root != full).map(str::to_owned));
                    }
                    self.add_number_groups(full, place);
                    let word = if full == word { word } else { full.to_owned() };
                    self.add_word(word, place);
                }
                Token::Number { groups, joined } => {
                    self.add_number_groups(&joined, place);
                    groups.into_iter().chain([joined]).for_each(|number| self.add_word(number, place));
                }
            }
        }
    }

    /// The groups a NIP is written in, so that it is found by one of them however it was written: birth, appointment,
    /// and, after the digit for the sex, the sequence.
    fn add_number_groups(&mut self, word: &str, place: Place) {
        if word.len() == 18 && word.bytes().all(|byte| byte.is_ascii_digit()) {
            [&word[..8], &word[8..14], &word[15..]]
                .into_iter()
                .for_each(|group| self.add_word(group.to_owned(), place));
        }
    }

    fn add_word(&mut self, word: String, place: Place) {
        if word.len() <= LONGEST_WORD {
            let known = self.places.entry(word).or_insert(place);
            *known = place.min(*known);
        }
    }

    /// As the index takes them: marked, and parted by blanks.
    pub fn marked(&self) -> String {
        let mut marked = String::with_capacity(self.places.keys().map(|word| word.len() + 2).sum());
        let words = self.places.iter().map(|(word, place)| (place.mark(), word));
        let roots = self.roots.iter().filter(|root| !self.places.contains_key(*root));
        for (mark, word) in words.chain(roots.map(|root| (ROOT_MARK, root))) {
            marked.push(mark);
            marked.push_str(word);
            marked.push(' ');
        }
        marked
    }
}
