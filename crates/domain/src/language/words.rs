//! Words of a text, as they are compared and looked for.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Signs that stand within a word and are written or left out as one likes: `Ma’ruf` is `maruf`. The last one
/// stretches Arabic words.
const WITHIN: &[char] = &['\'', '’', '‘', '`', 'ʼ', 'ـ'];
/// Signs that stand between the groups of one number.
const BETWEEN_GROUPS: &[char] = &[' ', '.', '-'];
/// Digits a number written in groups must have for its groups to be one number: a telephone number has seven, a NIP
/// eighteen.
const GROUPED_DIGITS: std::ops::RangeInclusive<usize> = 7..=20;

/// A piece of a text that is looked for as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word, or a number by itself.
    Word(String),
    /// A number in groups: `19870312 201001 1 002`, `0812-0000-1234`, `1.500.000`.
    Number {
        /// The groups, in order.
        groups: Vec<String>,
        /// All of it. A telephone number with the country's code begins with 0, as it does at home.
        joined: String,
    },
}

/// The words of a text in lower case, without accents and vowel signs, in Latin and Arabic letters alike. Whatever is
/// neither letter nor digit parts them, so that `berulang-ulang` is two and `001/LHP/II/2024` four.
pub fn words(text: &str) -> Vec<String> {
    parted(&plain(text)).map(str::to_lowercase).collect()
}

/// The words of a text, as [`words`] has them, with the groups of a number together.
pub fn tokens(text: &str) -> Vec<Token> {
    let plain = plain(text);
    let mut tokens = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    for word in parted(&plain) {
        if !groups.last().is_some_and(|last| is_number(word) && is_next_group(&plain, last, word)) {
            close(&mut groups, &mut tokens);
        }
        if is_number(word) {
            groups.push(word);
        } else {
            tokens.push(Token::Word(word.to_lowercase()));
        }
    }
    close(&mut groups, &mut tokens);
    tokens
}

/// The text without the signs that do not count; no longer and no shorter where there are none.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains(WITHIN) {
        return Cow::Borrowed(text);
    }
    text.nfkd().filter(|c| !is_combining_mark(*c) && !WITHIN.contains(c)).collect::<String>().into()
}

fn parted(plain: &str) -> impl Iterator<Item = &str> {
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether one sign that may stand between groups is all there is between two pieces of a text.
fn is_next_group(text: &str, one: &str, next: &str) -> bool {
    let place = |piece: &str| piece.as_ptr() as usize - text.as_ptr() as usize;
    let between = &text[place(one) + one.len()..place(next)];
    between.len() == 1 && between.contains(BETWEEN_GROUPS)
}

/// Makes one number of the groups gathered so far, or leaves them words.
fn close(groups: &mut Vec<&str>, tokens: &mut Vec<Token>) {
    let joined = groups.concat();
    let at_home = joined.strip_prefix("628").filter(|rest| (7..=11).contains(&rest.len()));
    let number = match at_home {
        Some(rest) => Some(format!("08{rest}")),
        None => (groups.len() > 1 && GROUPED_DIGITS.contains(&joined.len())).then_some(joined),
    };
    let mut words = groups.drain(..).map(str::to_owned);
    match number {
        Some(joined) => tokens.push(Token::Number { groups: words.collect(), joined }),
        None => tokens.extend(words.by_ref().map(Token::Word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_words(text: &str, expected: &[&str]) {
        assert_eq!(words(text), expected, "{text}");
    }

    #[track_caller]
    fn check_numbers(text: &str, expected: &[&str]) {
        let joined = tokens(text).into_iter().filter_map(|token| match token {
            Token::Number { joined, groups: _ } => Some(joined),
            Token::Word(_) => None,
        });
        assert_eq!(joined.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn case_marks_and_punctuation_do_not_count() {
        check_words("Pemilihan BERULANG-ulang", &["pemilihan", "berulang", "ulang"]);
        check_words("001/LHP/PM.01.02/II/2024", &["001", "lhp", "pm", "01", "02", "ii", "2024"]);
        check_words("Ma’ruf José", &["maruf", "jose"]);
        check_words("Ma'ruf", &["maruf"]);
        check_words("مُحَمَّد أحـــمد", &["محمد", "احمد"]);
        check_words(" -- ", &[]);
    }

    #[test]
    fn the_groups_of_a_number_belong_together() {
        check_numbers("NIP. 19870312 201001 1 002, Ambon", &["198703122010011002"]);
        check_numbers("0812-0000-1234 dan +62 812 0000 1234", &["081200001234", "081200001234"]);
        check_numbers("+6281200001234", &["081200001234"]);
        check_numbers("Rp 1.500.000", &["1500000"]);
        check_numbers("198703122010011002", &[]);
        check_numbers("12 orang, 14 lembar", &[]);
        check_numbers("PM.01.02/II/2024", &[]);
        check_numbers("RT001 2345678", &[]);
        let word = |word: &str| Token::Word(word.to_owned());
        let groups = ["0812", "0000", "1234"].map(str::to_owned).to_vec();
        assert_eq!(
            tokens("Telp 0812-0000-1234, José 7 14"),
            [
                word("telp"),
                Token::Number { groups, joined: "081200001234".to_owned() },
                word("jose"),
                word("7"),
                word("14")
            ]
        );
    }
}
