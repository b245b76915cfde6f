//! Personal names, compared without titles, punctuation and spelling habits.

use crate::language::{in_full, is_form_of_address, words};

/// Degrees after a name, as they look without dots.
const AFTER: &[&str] = &[
    "sh", "se", "sp", "st", "ssos", "sip", "sstp", "spd", "spdi", "sag", "skom", "ssi", "spt", "spi", "shut", "skm",
    "skep", "sked", "sfarm", "sap", "sak", "sth", "ssn", "ss", "sikom", "stp", "sst", "spsi", "ma", "mh", "mhum", "mm",
    "mt", "msi", "msc", "mpd", "mpdi", "mkom", "mkes", "map", "msos", "mba", "mag", "mth", "mikom", "mak", "amd",
    "amdkeb", "amdkep", "amak", "strkeb", "strip", "ners", "ns", "apt", "phd", "lc", "ba", "bsc", "llm", "dess", "mkn",
];

/// A name as it is compared: lower case, without titles and marks, its words apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ComparableName {
    words: Vec<String>,
}

/// In what way two names that are not the same are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// One word differs by a letter or two: Rahmawati, Rachmawati.
    Spelling,
    /// The same words in another order.
    Order,
    /// One has an initial or a short form where the other has the word: M. and Muhammad.
    Abbreviation,
    /// One has a word more than the other.
    MissingWord,
}

impl ComparableName {
    /// What is compared of a name.
    pub fn of(name: &str) -> ComparableName {
        let mut words = words(&without_degrees(name));
        while words.len() > 1 && is_form_of_address(&words[0]) {
            words.remove(0);
        }
        // Two words must remain, since Ma, Se and St are also names.
        while words.len() > 2 && words.last().is_some_and(|word| AFTER.contains(&word.as_str())) {
            words.pop();
        }
        // `S. Sos` written apart.
        while let [head @ .., letter, rest] = &words[..]
            && !head.is_empty()
            && letter.len() == 1
            && rest.len() > 1
            && AFTER.contains(&format!("{letter}{rest}").as_str())
        {
            words.truncate(words.len() - 2);
        }
        let several = words.len() > 1;
        for word in &mut words {
            let full = in_full(word);
            if full == "muhammad" || several && full == "abdul" {
                *word = full.to_owned();
            }
        }
        // Maluku writes St. for Siti; after the name it is a degree and gone by now.
        if several && matches!(words[0].as_str(), "st" | "sitti" | "stt") {
            words[0] = "siti".to_owned();
        }
        ComparableName { words }
    }

    /// The words, in order.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The name as one text.
    pub fn key(&self) -> String {
        self.words.join(" ")
    }

    /// How two different names are alike, `None` if they are not. Names that differ in a number are not alike.
    pub fn likeness(&self, other: &ComparableName) -> Option<Likeness> {
        let (a, b) = (&self.words, &other.words);
        if a == b || a.is_empty() || b.is_empty() || has_digit(a) || has_digit(b) {
            return None;
        }
        if a.len() == b.len() {
            // Asked of many pairs, so the usual answer comes without allocating anything.
            let mut differing = a.iter().zip(b).filter(|(a, b)| a != b);
            return match (differing.next(), differing.next()) {
                (Some((x, y)), None) if close(x, y, a.len() == 1) => Some(Likeness::Spelling),
                (Some(_), Some(_)) if sorted(a) == sorted(b) => Some(Likeness::Order),
                _ => self.abbreviation_of(other).then_some(Likeness::Abbreviation),
            };
        }
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        let one_more = long.len() == short.len() + 1 && short.len() >= 2;
        let without = |gone: usize| long.iter().enumerate().filter(move |(at, _)| *at != gone).map(|(_, word)| word);
        (one_more && (0..long.len()).any(|gone| without(gone).eq(short.iter()))).then_some(Likeness::MissingWord)
    }

    /// Whether all words that differ are short forms of each other, and at least one does not differ.
    fn abbreviation_of(&self, other: &ComparableName) -> bool {
        let pairs = || self.words.iter().zip(&other.words);
        pairs().any(|(a, b)| a == b) && pairs().all(|(a, b)| a == b || abbreviates(a, b) || abbreviates(b, a))
    }

    /// Keys under which alike names meet, so that not every name has to be compared with every other: two names with a
    /// [`likeness`](Self::likeness) share at least one key.
    pub fn meeting_keys(&self) -> Vec<String> {
        let words = &self.words;
        if words.is_empty() || has_digit(words) {
            return Vec::new();
        }
        let mut keys = vec![sorted(words).join(" ")];
        if let [word] = &words[..] {
            keys.push(format!("{word}?"));
            keys.extend(drop_one_letter(word).map(|rest| rest + "?"));
        } else {
            // Spelling and abbreviation leave the first letters and at least one word as they are.
            let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
            keys.extend(words.iter().enumerate().map(|(at, word)| format!("{initials}*{at}*{word}")));
            keys.push(format!("{}+", self.key()));
            if words.len() > 2 {
                let without = |gone: usize| [&words[..gone], &words[gone + 1..]].concat().join(" ") + "+";
                keys.extend((0..words.len()).map(without));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn has_digit(words: &[String]) -> bool {
    words.iter().any(|word| word.bytes().any(|b| b.is_ascii_digit()))
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}

fn drop_one_letter(word: &str) -> impl Iterator<Item = String> + '_ {
    word.char_indices().map(|(at, letter)| format!("{}{}", &word[..at], &word[at + letter.len_utf8()..]))
}

/// The name without what is certainly a degree: everything after a comma, and words with dots inside (`S.Sos`).
fn without_degrees(name: &str) -> String {
    let (name, rest) = name.split_once(',').unwrap_or((name, ""));
    // `Latuconsina, Contoh` is a name turned round, not a name with a degree.
    let turned =
        !rest.trim().is_empty() && !rest.contains([',', '.']) && words(rest).iter().all(|word| !is_degree(word));
    let name = if turned { format!("{rest} {name}") } else { name.to_owned() };
    let mut kept: Vec<&str> = name.split_whitespace().collect();
    let dotted_degree = |word: &str| {
        let parts: Vec<&str> = word.trim_end_matches('.').split('.').collect();
        parts.len() > 1 && is_degree(&parts.concat().to_lowercase())
    };
    while kept.len() > 1 && kept.last().is_some_and(|word| dotted_degree(word)) {
        kept.pop();
    }
    kept.join(" ")
}

fn is_degree(word: &str) -> bool {
    AFTER.contains(&word) || is_form_of_address(word)
}

/// Whether two words are spellings of one: a letter apart from five letters on, two apart from nine on. A name of one
/// word may only be a letter apart, since nothing else speaks for it.
fn close(a: &str, b: &str, alone: bool) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let allowed = match a.len().min(b.len()) {
        0..=4 => return false,
        5..=8 => 1,
        _ if alone => 1,
        _ => 2,
    };
    if a[0] != b[0] || a.len().abs_diff(b.len()) > allowed {
        return false;
    }
    // Only what lies between the common beginning and the common end can differ; for most pairs that is too much.
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    match (allowed, a, b) {
        (1, [x, y], [z, w]) => x == w && y == z,
        (1, _, _) => a.len().max(b.len()) <= 1,
        _ => distance(a, b) <= allowed,
    }
}

/// Insertions, deletions, replacements and swaps of neighbours it takes to get from one to the other.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}

/// Whether `short` stands for `long`: its first letter, or a beginning of up to three letters.
fn abbreviates(short: &str, long: &str) -> bool {
    short.len() <= 3 && short.len() < long.len() && long.starts_with(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_same(a: &str, b: &str) {
        assert_eq!(ComparableName::of(a), ComparableName::of(b), "{a} and {b} are one name");
    }

    #[track_caller]
    fn check_likeness(a: &str, b: &str, expected: Option<Likeness>) {
        let (x, y) = (ComparableName::of(a), ComparableName::of(b));
        assert_eq!(x.likeness(&y), expected, "{a} and {b}");
        assert_eq!(y.likeness(&x), expected, "{b} and {a}");
        if expected.is_some() {
            let met = x.meeting_keys().iter().any(|key| y.meeting_keys().contains(key));
            assert!(met, "{a} and {b} are alike and must meet under a key");
        }
    }

    #[test]
    fn titles_degrees_and_spelling_habits_do_not_count() {
        check_same("Drs. H. Contoh Latuconsina, M.Si", "contoh latuconsina");
        check_same("Contoh Latuconsina S.Sos., M.AP", "CONTOH LATUCONSINA");
        check_same("Contoh Latuconsina S.Pd.", "Contoh Latuconsina");
        check_same("Contoh Latuconsina S. Sos", "Contoh Latuconsina");
        check_same("Moh. Contoh", "Muhammad Contoh");
        check_same("St. Aminah Contoh", "Siti Aminah Contoh");
        check_same("Latuconsina, Contoh", "Contoh Latuconsina");
        check_same("Ma’ruf Contoh", "Maruf Contoh");
        check_same("José Contoh", "Jose Contoh");
    }

    #[test]
    fn names_are_alike_in_known_ways_only() {
        check_likeness("Rahmawati Contoh", "Rachmawati Contoh", Some(Likeness::Spelling));
        check_likeness("Contoh Latuconsina", "Contoh Latuconsnia", Some(Likeness::Spelling));
        check_likeness("Welmince", "Welminse", Some(Likeness::Spelling));
        check_likeness("Contoh Latuconsina", "Latuconsina Contoh", Some(Likeness::Order));
        check_likeness("M. Latuconsina", "Muhammad Latuconsina", Some(Likeness::Abbreviation));
        check_likeness("Siti Aminah Contoh", "Siti Contoh", Some(Likeness::MissingWord));
        check_likeness("Rina Contoh", "Rita Contoh", None);
        check_likeness("Peserta Contoh 1", "Peserta Contoh 2", None);
        check_likeness("Contoh Satu", "Contoh Dua", None);
        check_likeness("Contoh", "Contoh Satu", None);
    }
}
