//! What somebody typed, as FTS5 expressions from the narrowest to the widest.
//!
//! | step | every word stands |
//! |---|---|
//! | 1 | in the title |
//! | 2 | in the title or in another line |
//! | 3 | anywhere |
//! | 4 | anywhere, itself or in another form; titles before names need not |
//!
//! Each step finds everything the one before found. The last word may always be the beginning of one.

use arumbae_domain::language::{Token, in_full, is_form_of_address, possible_roots, tokens};

use crate::search_words::{Place, ROOT_MARK};

/// A beginning this short would be found in nearly every record: outside of titles it has to be a whole word.
const SHORTEST_BEGINNING: usize = 3;

/// Words that all have to stand in a record; never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchQuery {
    tokens: Vec<Token>,
}

impl SearchQuery {
    /// `None` if there is no word in the text.
    pub fn parse(text: &str) -> Option<SearchQuery> {
        let tokens = tokens(text);
        (!tokens.is_empty()).then_some(SearchQuery { tokens })
    }

    /// The steps, the narrowest first.
    pub fn steps(&self) -> [String; 4] {
        [
            self.expression(&[Place::Title], false),
            self.expression(&[Place::Title, Place::Line], false),
            self.expression(&Place::ALL, false),
            self.widest(),
        ]
    }

    /// The expression that finds everything.
    pub fn widest(&self) -> String {
        self.expression(&Place::ALL, true)
    }

    fn expression(&self, places: &[Place], widened: bool) -> String {
        let last = self.tokens.len() - 1;
        let each = self.tokens.iter().enumerate().filter(|(at, token)| !widened || *at == last || !is_courtesy(token));
        let alternatives = each.map(|(at, token)| alternatives(token, places, widened, at == last));
        alternatives.map(|terms| format!("({terms})")).collect::<Vec<_>>().join(" AND ")
    }
}

/// Whether a record may lack it: a form of address, or an initial.
fn is_courtesy(token: &Token) -> bool {
    matches!(token, Token::Word(word) if is_form_of_address(word) || word.chars().count() == 1)
}

fn alternatives(token: &Token, places: &[Place], widened: bool, may_be_beginning: bool) -> String {
    let mut terms = Terms::default();
    match token {
        Token::Word(word) => {
            terms.add(places, word, may_be_beginning);
            let full = in_full(word);
            if full != word {
                terms.add(places, full, false);
            }
            if widened {
                terms.add_marked(ROOT_MARK, word, may_be_beginning && is_long_enough(word));
                for root in possible_roots(full) {
                    terms.add(places, &root, false);
                    terms.add_marked(ROOT_MARK, &root, false);
                }
            }
        }
        Token::Number { groups, joined } => {
            terms.add(places, joined, true);
            let last = groups.len() - 1;
            let each = groups.iter().enumerate().map(|(at, group)| {
                let mut one = Terms::default();
                one.add(places, group, may_be_beginning && at == last);
                format!("({})", one.0)
            });
            terms.add_alternative(&format!("({})", each.collect::<Vec<_>>().join(" AND ")));
        }
    }
    terms.0
}

/// Alternatives, each quoted so that nothing typed is read as an operator.
#[derive(Default)]
struct Terms(String);

impl Terms {
    fn add(&mut self, places: &[Place], word: &str, may_be_beginning: bool) {
        for place in places {
            let beginning = may_be_beginning && (*place == Place::Title || is_long_enough(word));
            self.add_marked(place.mark(), word, beginning);
        }
    }

    fn add_marked(&mut self, mark: char, word: &str, beginning: bool) {
        self.add_alternative(&format!("\"{mark}{word}\"{}", if beginning { "*" } else { "" }));
    }

    fn add_alternative(&mut self, alternative: &str) {
        if !self.0.is_empty() {
            self.0.push_str(" OR ");
        }
        self.0.push_str(alternative);
    }
}

/// Whether the word may be looked for as a beginning anywhere.
fn is_long_enough(word: &str) -> bool {
    word.chars().count() >= SHORTEST_BEGINNING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_titles(text: &str, expected: &str) {
        let steps = SearchQuery::parse(text).expect("there are words").steps();
        assert_eq!(steps[0], expected, "{text}");
    }

    #[test]
    fn nothing_typed_is_an_operator() {
        check_titles("politik uang", r#"("tpolitik") AND ("tuang"*)"#);
        check_titles(r#"a" OR title: (b* NEAR"#, r#"("ta") AND ("tor") AND ("ttitle") AND ("tb") AND ("tnear"*)"#);
        assert_eq!(SearchQuery::parse(" -- \" "), None);
    }

    #[test]
    fn a_number_is_found_whole_and_by_its_groups() {
        check_titles("0812-0000", r#"("t08120000"* OR (("t0812") AND ("t0000"*)))"#);
    }

    #[test]
    fn forms_of_address_need_not_stand_in_the_record() {
        let widest = SearchQuery::parse("H. Abd. Rahman").expect("there are words").widest();
        assert!(widest.starts_with(r#"("tabd" OR"#) && widest.contains(r#""labdul""#), "{widest}");
        assert!(SearchQuery::parse("H").expect("a word").widest().contains("\"th\"*"), "alone it is looked for");
    }
}
