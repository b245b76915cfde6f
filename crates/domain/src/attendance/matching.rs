//! Which rows are the same person, among themselves and with those already on the list.
//!
//! Certain is what a number or an address and the name say together, or the whole name with nothing against it. What
//! is only alike is left to a person. Alike names meet under keys, so the time grows with the number of rows and not
//! with its square.

use std::collections::HashMap;

use super::person_name::{ComparableName, Likeness};
use super::{Match, PersonNo, Reason};
use crate::language::{in_full, words};
use crate::records::Attendee;
use crate::schema::RecordId;

/// A key that so many people share tells nobody from anybody.
const COMMON_KEY: usize = 256;

/// More candidates than a person would look through.
const MOST_CANDIDATES: usize = 5;

/// Someone on the list or in the input.
#[derive(Clone, Debug)]
struct Known {
    who: Match,
    name: ComparableName,
    marks: Marks,
    attendee: Attendee,
}

/// What tells people apart besides their name, as it is compared; empty where it is blank.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Marks {
    staff_number: String,
    email: String,
    phone: String,
    agency: String,
}

impl Marks {
    fn of(attendee: &Attendee) -> Marks {
        Marks {
            staff_number: staff_number_mark(&attendee.staff_number),
            email: attendee.email.trim().to_lowercase(),
            phone: phone_mark(&attendee.phone),
            agency: comparable_agency(&attendee.agency),
        }
    }
}

impl Known {
    fn new(who: Match, attendee: &Attendee) -> Known {
        let name = ComparableName::of(&attendee.name);
        Known { who, name, marks: Marks::of(attendee), attendee: attendee.clone() }
    }
}

/// What is known of the identity of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Nobody known.
    New,
    /// This one, and why.
    Same(Match, Reason),
    /// Maybe one of these, and why.
    Doubtful(Vec<(Match, Reason)>),
}

/// The people known so far, to be asked about the next one.
#[derive(Debug, Default)]
pub(super) struct People {
    known: Vec<Known>,
    by_staff_number: HashMap<String, Vec<usize>>,
    by_email: HashMap<String, Vec<usize>>,
    by_phone: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    by_meeting_key: HashMap<String, Vec<usize>>,
}

/// How two descriptions of a person compare.
enum Verdict {
    Same(&'static str),
    Doubt(&'static str),
    Different,
}

impl People {
    /// The people of a list.
    pub(super) fn of_list(list: &[Attendee]) -> People {
        let mut people = People::default();
        for attendee in list {
            people.add(Match::Existing(attendee.id), attendee);
        }
        people
    }

    /// Makes someone known.
    pub(super) fn add(&mut self, who: Match, attendee: &Attendee) {
        self.insert(Known::new(who, attendee));
    }

    fn insert(&mut self, known: Known) {
        let at = self.known.len();
        for (index, key) in [
            (&mut self.by_staff_number, known.marks.staff_number.clone()),
            (&mut self.by_email, known.marks.email.clone()),
            (&mut self.by_phone, known.marks.phone.clone()),
            (&mut self.by_name, known.name.key()),
        ] {
            if !key.is_empty() {
                index.entry(key).or_default().push(at);
            }
        }
        for key in known.name.meeting_keys() {
            self.by_meeting_key.entry(key).or_default().push(at);
        }
        self.known.push(known);
    }

    /// Takes note of another description of someone known: whoever changed their name or account in a meeting is
    /// recognised by either from then on.
    pub(super) fn learn(&mut self, who: Match, attendee: &Attendee) {
        let described = Known::new(who, attendee);
        let before = |at: &usize| {
            let known = &self.known[*at];
            known.who == who && known.marks == described.marks && known.name == described.name
        };
        if !self.sharing_something(&described).iter().any(before) {
            self.insert(described);
        }
    }

    /// The name and agency of someone known.
    pub(super) fn describe(&self, who: Match) -> (String, String) {
        let known = self.known.iter().find(|known| known.who == who);
        known.map(|known| (known.attendee.name.clone(), known.attendee.agency.clone())).unwrap_or_default()
    }

    /// Who an attendee is.
    pub(super) fn identify(&self, attendee: &Attendee) -> Identity {
        let asked = Known::new(Match::Existing(RecordId::default()), attendee);
        let mut same: Vec<(usize, &'static str)> = Vec::new();
        let mut doubts: Vec<(usize, &'static str)> = Vec::new();
        for at in self.sharing_something(&asked) {
            match compare(&self.known[at], &asked) {
                Verdict::Same(why) => same.push((at, why)),
                Verdict::Doubt(why) => doubts.push((at, why)),
                Verdict::Different => {}
            }
        }
        // A number or an address settles it; a name alone only if it fits one person.
        let one_person = same.iter().all(|(at, _)| self.known[*at].who == self.known[same[0].0].who);
        let by_number = same.iter().find(|(_, why)| *why != SAME_NAME);
        if let Some((at, why)) = by_number.or(same.first().filter(|_| one_person)) {
            return Identity::Same(self.known[*at].who, Reason::plain(why));
        }
        doubts.extend(same.iter().map(|(at, _)| (*at, "attendance-doubt-several-with-this-name")));
        if doubts.is_empty() {
            doubts = self.alike(&asked);
        }
        if doubts.is_empty() {
            return Identity::New;
        }
        let mut seen = Vec::new();
        doubts.retain(|(at, _)| {
            let who = self.known[*at].who;
            let first = !seen.contains(&who);
            seen.push(who);
            first
        });
        doubts.truncate(MOST_CANDIDATES);
        let reason = |(at, why): (usize, &str)| {
            let known = &self.known[at];
            (known.who, Reason::with(why, &[("other", known.attendee.name.clone())]))
        };
        Identity::Doubtful(doubts.into_iter().map(reason).collect())
    }

    /// Everyone with the same number, address or whole name, in the order they became known.
    fn sharing_something(&self, asked: &Known) -> Vec<usize> {
        let mut found: Vec<usize> = [
            (&self.by_staff_number, &asked.marks.staff_number),
            (&self.by_email, &asked.marks.email),
            (&self.by_phone, &asked.marks.phone),
            (&self.by_name, &asked.name.key()),
        ]
        .into_iter()
        .filter_map(|(index, key)| index.get(key))
        .flat_map(|found| found.iter().copied().take(COMMON_KEY))
        .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Those with a similar name and nothing that speaks against them.
    fn alike(&self, asked: &Known) -> Vec<(usize, &'static str)> {
        let mut met: Vec<usize> = asked
            .name
            .meeting_keys()
            .iter()
            .filter_map(|key| self.by_meeting_key.get(key))
            .filter(|met| met.len() <= COMMON_KEY)
            .flatten()
            .copied()
            .collect();
        met.sort_unstable();
        met.dedup();
        met.into_iter()
            .filter(|at| !told_apart(&self.known[*at], asked))
            .filter_map(|at| {
                let likeness = self.known[at].name.likeness(&asked.name)?;
                Some((
                    at,
                    match likeness {
                        Likeness::Spelling => "attendance-doubt-similar-spelling",
                        Likeness::Order => "attendance-doubt-word-order",
                        Likeness::Abbreviation => "attendance-doubt-abbreviation",
                        Likeness::MissingWord => "attendance-doubt-missing-word",
                    },
                ))
            })
            .collect()
    }
}

const SAME_NAME: &str = "attendance-merged-same-name";

/// Compares two people who share a number, an address or the whole name.
fn compare(known: &Known, asked: &Known) -> Verdict {
    let (a, b) = (&known.marks, &asked.marks);
    let same_name = !asked.name.is_empty() && known.name == asked.name;
    let names_agree = same_name || known.name.likeness(&asked.name).is_some();
    let shared_address = agree(&a.email, &b.email) || agree(&a.phone, &b.phone);
    if differ(&a.staff_number, &b.staff_number) {
        // Two people with one name, or one of the numbers is mistyped; only a shared address makes that likely.
        return if same_name && shared_address {
            Verdict::Doubt("attendance-doubt-same-name-other-staff-number")
        } else {
            Verdict::Different
        };
    }
    let shared = if agree(&a.staff_number, &b.staff_number) {
        Some(("attendance-merged-same-staff-number", "attendance-doubt-same-staff-number-other-name"))
    } else if agree(&a.email, &b.email) {
        Some(("attendance-merged-same-email", "attendance-doubt-same-email-other-name"))
    } else if agree(&a.phone, &b.phone) {
        Some(("attendance-merged-same-phone", "attendance-doubt-same-phone-other-name"))
    } else {
        None
    };
    match shared {
        Some((merged, _)) if names_agree => return Verdict::Same(merged),
        Some((_, doubted)) => return Verdict::Doubt(doubted),
        None if !same_name => return Verdict::Different,
        None => {}
    }
    if differ(&a.agency, &b.agency) {
        Verdict::Doubt("attendance-doubt-same-name-other-agency")
    } else if differ(&a.email, &b.email) {
        Verdict::Doubt("attendance-doubt-same-name-other-email")
    } else if differ(&a.phone, &b.phone) {
        Verdict::Doubt("attendance-doubt-same-name-other-phone")
    } else if other_sex(known, asked) {
        Verdict::Doubt("attendance-doubt-same-name-other-sex")
    } else if asked.name.words().len() == 1 && a.agency != b.agency {
        Verdict::Doubt("attendance-doubt-single-name")
    } else {
        Verdict::Same(SAME_NAME)
    }
}

/// Whether two people with similar names are surely two: each has what the other has, and it differs.
fn told_apart(known: &Known, asked: &Known) -> bool {
    let (a, b) = (&known.marks, &asked.marks);
    differ(&a.staff_number, &b.staff_number)
        || differ(&a.agency, &b.agency)
        || differ(&a.email, &b.email)
        || differ(&a.phone, &b.phone)
        || other_sex(known, asked)
}

fn other_sex(known: &Known, asked: &Known) -> bool {
    let (a, b) = (&known.attendee.sex, &asked.attendee.sex);
    a.is_some() && b.is_some() && a != b
}

fn agree(a: &str, b: &str) -> bool {
    !a.is_empty() && a == b
}

fn differ(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && a != b
}

/// A number that a spreadsheet has rounded identifies nobody.
fn staff_number_mark(text: &str) -> String {
    let number = crate::staff_number::normalise(text);
    let digits = number.len() >= 5 && number.bytes().all(|b| b.is_ascii_digit());
    if digits && !number.ends_with("000") { number } else { String::new() }
}

fn phone_mark(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let rest = digits.strip_prefix("62").or_else(|| digits.strip_prefix('0')).unwrap_or(&digits);
    if rest.len() >= 7 { rest.to_owned() } else { String::new() }
}

/// An agency as it is compared: `Kec. Sirimau` and `Kecamatan Sirimau` are one.
fn comparable_agency(agency: &str) -> String {
    words(agency).iter().map(|word| in_full(word)).collect::<Vec<_>>().join(" ")
}

/// Fills blanks of `into` from `from` and returns the names of the fields that were filled.
pub(super) fn fill_blanks(into: &mut Attendee, from: &Attendee) -> Vec<String> {
    // Destructured so that a new field cannot be forgotten.
    let Attendee {
        id: _,
        name: _,
        staff_number,
        position,
        agency,
        sex,
        phone,
        staff_group,
        email,
        minutes_present: _,
        source: _,
    } = from;
    let mut filled = Vec::new();
    for (name, blank, value) in [
        ("staff_number", &mut into.staff_number, staff_number),
        ("position", &mut into.position, position),
        ("agency", &mut into.agency, agency),
        ("phone", &mut into.phone, phone),
        ("email", &mut into.email, email),
    ] {
        if blank.is_empty() && !value.is_empty() {
            blank.clone_from(value);
            filled.push(name.to_owned());
        }
    }
    if into.sex.is_none() && sex.is_some() {
        into.sex.clone_from(sex);
        filled.push("sex".to_owned());
    }
    if into.staff_group.is_none() && staff_group.is_some() {
        into.staff_group.clone_from(staff_group);
        filled.push("staff_group".to_owned());
    }
    filled
}

/// The number of a person of the input.
pub(super) fn person_no(at: usize) -> PersonNo {
    PersonNo(u32::try_from(at).unwrap_or(u32::MAX))
}
