//! Breaking text into lines.

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::{Penalties, wrap_optimal_fit};
use unicode_linebreak::linebreaks;

use crate::typeface::{Glyph, Style, Typeface};

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Setting {
    pub(crate) style: Style,
    /// Size of the type in points.
    pub(crate) size: f32,
    pub(crate) align: Align,
    /// Space between paragraphs in points.
    pub(crate) paragraph_gap: f32,
}

/// Where lines stand in their column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
    /// Both edges straight, except where it would tear a line apart.
    Justify,
}

impl Setting {
    pub(crate) const fn new(size: f32) -> Self {
        Setting { style: Style::Regular, size, align: Align::Left, paragraph_gap: 0.0 }
    }

    pub(crate) const fn bold(self) -> Self {
        Setting { style: Style::Bold, ..self }
    }

    pub(crate) const fn italic(self) -> Self {
        Setting { style: Style::Italic, ..self }
    }

    pub(crate) const fn align(self, align: Align) -> Self {
        Setting { align, ..self }
    }

    pub(crate) const fn spaced(self, paragraph_gap: f32) -> Self {
        Setting { paragraph_gap, ..self }
    }

    /// Distance from one baseline to the next.
    pub(crate) fn leading(&self) -> f32 {
        self.size * 1.3
    }
}

/// A shaped line, one style throughout.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) style: Style,
    pub(crate) size: f32,
    pub(crate) glyphs: Vec<Glyph>,
    /// How far from the column's left edge it begins.
    pub(crate) indent: f32,
    /// Whether the line begins and ends its paragraph.
    pub(crate) first: bool,
    pub(crate) last: bool,
}

impl Line {
    /// Length in points, without the space that ends it.
    #[cfg(test)]
    pub(crate) fn width(&self) -> f32 {
        let end = self.glyphs.iter().rposition(|glyph| !glyph.text.trim().is_empty()).map_or(0, |at| at + 1);
        thousandths(&self.glyphs[..end]) as f32 * self.size / 1000.0
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.glyphs.iter().map(|glyph| glyph.text.as_str()).collect::<String>()
    }
}

/// A stretch of text that is not broken, with the space after it.
#[derive(Clone, Debug)]
struct Piece {
    glyphs: Vec<Glyph>,
    space: Vec<Glyph>,
}

fn thousandths(glyphs: &[Glyph]) -> i32 {
    glyphs.iter().map(|glyph| glyph.width + glyph.kern).sum()
}

/// Half an em, about a letter: the unit the penalties of the optimal fit are made for.
const LETTER: f64 = 500.0;

/// Ragged is better than outside: no gain elsewhere may pay for a line wider than its column.
const PENALTIES: Penalties = Penalties { overflow_penalty: 1_000_000_000, ..Penalties::new() };

impl Fragment for Piece {
    fn width(&self) -> f64 {
        f64::from(thousandths(&self.glyphs)) / LETTER
    }

    fn whitespace_width(&self) -> f64 {
        f64::from(thousandths(&self.space)) / LETTER
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// Sets text in the typeface and remembers what it could not print.
pub(crate) struct Typesetter {
    pub(crate) typeface: Typeface,
    missing: Vec<char>,
}

/// A justified line may open its spaces by this share of the type size; beyond, it stays ragged.
const WIDEST_STRETCH: f32 = 0.7;

impl Typesetter {
    pub(crate) fn new(typeface: Typeface) -> Self {
        Typesetter { typeface, missing: Vec::new() }
    }

    /// The characters met so far that the typeface lacks.
    pub(crate) fn into_missing(self) -> Vec<char> {
        self.missing
    }

    /// The lines of a text in a column of `width` points; a newline ends a paragraph.
    pub(crate) fn lines(&mut self, text: &str, setting: Setting, width: f32) -> Vec<Line> {
        let text = text.trim_end();
        text.split('\n').flat_map(|paragraph| self.paragraph(paragraph, setting, width)).collect()
    }

    fn paragraph(&mut self, text: &str, setting: Setting, width: f32) -> Vec<Line> {
        let text = self.printable(text, setting.style);
        let limit = (width / setting.size * 1000.0) as i32;
        let mut pieces = Vec::new();
        let mut from = 0;
        for (until, _) in linebreaks(&text) {
            let segment = &text[from..until];
            let word = segment.trim_end();
            let glyphs = self.typeface.shape(setting.style, word);
            let space = self.typeface.shape(setting.style, &segment[word.len()..]);
            push_broken(&mut pieces, Piece { glyphs, space }, limit);
            from = until;
        }
        if pieces.is_empty() {
            pieces.push(Piece { glyphs: Vec::new(), space: Vec::new() });
        }
        // Nothing is wider than the column by now, so the fit cannot overflow; should it ever, one piece per
        // line is still readable.
        let columns = [f64::from(limit) / LETTER];
        let wrapped = wrap_optimal_fit(&pieces, &columns, &PENALTIES)
            .unwrap_or_else(|_| pieces.iter().map(std::slice::from_ref).collect());
        let count = wrapped.len();
        wrapped
            .into_iter()
            .enumerate()
            .map(|(at, pieces)| self.line(pieces, setting, limit, at == 0, at + 1 == count))
            .collect()
    }

    fn line(&self, pieces: &[Piece], setting: Setting, limit: i32, first: bool, last: bool) -> Line {
        let mut glyphs: Vec<Glyph> = Vec::new();
        let mut spaces = Vec::new();
        for (at, piece) in pieces.iter().enumerate() {
            glyphs.extend(piece.glyphs.iter().cloned());
            if at + 1 < pieces.len() {
                spaces.extend(glyphs.len()..glyphs.len() + piece.space.len());
                glyphs.extend(piece.space.iter().cloned());
            }
        }
        let mut natural = thousandths(&glyphs);
        if setting.align == Align::Justify && !last && !spaces.is_empty() {
            let stretch = (limit - natural) / spaces.len() as i32;
            if (0..=(WIDEST_STRETCH * 1000.0) as i32).contains(&stretch) {
                spaces.iter().for_each(|&at| glyphs[at].kern += stretch);
                natural += stretch * spaces.len() as i32;
            }
        }
        let slack = (limit - natural).max(0) as f32 * setting.size / 1000.0;
        // The space that ends a line keeps words apart for those who copy or listen; it is never seen. A word that
        // was broken by force has none.
        if last && !glyphs.is_empty() {
            glyphs.extend(self.typeface.shape(setting.style, " "));
        } else if let Some(piece) = pieces.last() {
            glyphs.extend(piece.space.iter().take(1).cloned());
        }
        Line {
            style: setting.style,
            size: setting.size,
            glyphs,
            indent: match setting.align {
                Align::Left | Align::Justify => 0.0,
                Align::Centre => slack / 2.0,
                Align::Right => slack,
            },
            first,
            last,
        }
    }

    /// The text without what has no width, and with `[U+…]` in place of what the typeface lacks.
    fn printable(&mut self, text: &str, style: Style) -> String {
        let mut printable = String::with_capacity(text.len());
        for character in text.trim_start().chars() {
            match character {
                '\t' => printable.push(' '),
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' => {}
                '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => {}
                '\u{2011}' => printable.push('-'),
                _ if character.is_control() => {}
                _ if self.typeface.has(style, character) => printable.push(character),
                _ => {
                    if !self.missing.contains(&character) {
                        self.missing.push(character);
                    }
                    printable.push_str(&format!("[U+{:04X}]", u32::from(character)));
                }
            }
        }
        printable
    }
}

/// Adds a piece, broken wherever it must be if it is wider than the column.
fn push_broken(pieces: &mut Vec<Piece>, piece: Piece, limit: i32) {
    let mut rest = piece.glyphs;
    while thousandths(&rest) > limit && rest.len() > 1 {
        let mut width = 0;
        let fits = rest.iter().take_while(|glyph| {
            width += glyph.width + glyph.kern;
            width <= limit
        });
        // A mark stays with its letter: a glyph without text continues the cluster before it.
        let mut at = fits.count().max(1);
        while at > 1 && rest[at].text.is_empty() {
            at -= 1;
        }
        let tail = rest.split_off(at);
        pieces.push(Piece { glyphs: rest, space: Vec::new() });
        rest = tail;
    }
    pieces.push(Piece { glyphs: rest, space: piece.space });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typesetter() -> Typesetter {
        Typesetter::new(Typeface::load().unwrap())
    }

    #[track_caller]
    fn check_lines(text: &str, width: f32, expected: &[&str]) {
        let lines = typesetter().lines(text, Setting::new(10.0), width);
        let texts: Vec<String> = lines.iter().map(|line| line.text().trim_end().to_owned()).collect();
        assert_eq!(texts, expected);
        for line in &lines {
            assert!(line.indent + line.width() <= width + 0.01, "every line stays in its column");
        }
    }

    #[test]
    fn lines_break_where_indonesian_does() {
        check_lines("Pengawasan kampanye tatap muka", 80.0, &["Pengawasan", "kampanye tatap", "muka"]);
        check_lines("satu\n\ndua", 80.0, &["satu", "", "dua"]);
        check_lines("", 80.0, &[""]);
        check_lines("Rp1.000.000,00 per orang", 75.0, &["Rp1.000.000,00", "per orang"]);
    }

    #[test]
    fn a_word_wider_than_its_column_is_broken_anyway() {
        check_lines("Pangkalanbalaikeselamatan", 60.0, &["Pangkalanba", "laikeselamat", "an"]);
    }

    #[test]
    fn what_cannot_be_printed_is_shown_and_reported() {
        let mut typesetter = typesetter();
        let lines = typesetter.lines("Hadir 😀 😀 漢", Setting::new(10.0), 400.0);
        assert_eq!(lines[0].text().trim_end(), "Hadir [U+1F600] [U+1F600] [U+6F22]");
        assert_eq!(typesetter.into_missing(), ['😀', '漢']);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_none_leaves_the_column(text in "[A-Za-zé0-9 .,/-]{0,300}", width in 30f32..400.0) {
            let lines = typesetter().lines(&text, Setting::new(9.0).align(Align::Justify), width);
            let printed: String = lines.iter().flat_map(|line| line.text().chars().collect::<Vec<_>>()).filter(|c| !c.is_whitespace()).collect();
            let typed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(printed, typed);
            for line in &lines {
                prop_assert!(line.indent + line.width() <= width + 0.01);
            }
        }
    }
}
