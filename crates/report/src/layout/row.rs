//! Rows of cells: everything on paper is one, from a heading to a table row to a block of signatures.

use std::rc::Rc;

use super::structure::Owner;
use super::text::{Setting, Typesetter};
use super::{Mark, Shape};

/// Something with a height that is never cut: a line of text, a picture, a field.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) height: f32,
    /// Placed relative to the part's upper left corner.
    pub(crate) marks: Vec<Mark>,
    /// Whether the page may not end after it; this is how widows and orphans are prevented.
    pub(crate) keep_with_next: bool,
}

impl Part {
    /// Empty height.
    pub(crate) fn gap(height: f32) -> Part {
        Part { height, marks: Vec::new(), keep_with_next: true }
    }

    /// One mark at the left edge, `height` high.
    pub(crate) fn of(shape: Shape, height: f32, owner: Owner) -> Part {
        Part { height, marks: vec![Mark { x: 0.0, y: 0.0, owner, shape }], keep_with_next: false }
    }
}

/// The lines of a text as parts, no page ending after the first or before the last line of a paragraph.
pub(crate) fn text_parts(
    typesetter: &mut Typesetter,
    text: &str,
    setting: Setting,
    width: f32,
    owner: Owner,
) -> Vec<Part> {
    let measures = typesetter.typeface.measures(setting.style);
    let leading = setting.leading();
    let ascent = measures.ascent as f32 * setting.size / 1000.0;
    let descent = measures.descent as f32 * setting.size / 1000.0;
    let baseline = (leading - (ascent - descent)) / 2.0 + ascent;
    let lines = typesetter.lines(text, setting, width);
    let following: Vec<(bool, bool)> =
        lines.iter().skip(1).map(|next| (next.last && !next.first, next.first)).chain([(false, false)]).collect();
    lines
        .into_iter()
        .zip(following)
        .map(|(line, (before_last, before_paragraph))| Part {
            height: if before_paragraph { leading + setting.paragraph_gap } else { leading },
            keep_with_next: (line.first && !line.last) || before_last,
            marks: vec![Mark { x: line.indent, y: baseline, owner, shape: Shape::Text(line) }],
        })
        .collect()
}

/// A column of parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// Left edge on the page.
    pub(crate) x: f32,
    pub(crate) width: f32,
    /// Space inside the edges, left and right, above and below.
    pub(crate) padding: (f32, f32),
    pub(crate) parts: Vec<Part>,
}

impl Cell {
    /// A cell without padding.
    pub(crate) fn plain(x: f32, width: f32, parts: Vec<Part>) -> Cell {
        Cell { x, width, padding: (0.0, 0.0), parts }
    }

    fn height(&self) -> f32 {
        self.parts.iter().map(|part| part.height).sum::<f32>() + 2.0 * self.padding.1
    }
}

/// Cells side by side; as high as the highest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// Space above, dropped at the top of a page.
    pub(crate) before: f32,
    pub(crate) cells: Vec<Cell>,
    pub(crate) min_height: f32,
    /// Whether rules are drawn around the cells.
    pub(crate) ruled: bool,
    /// The grey behind the cells.
    pub(crate) shade: Option<f32>,
    /// Whether a page may end within the row.
    pub(crate) breakable: bool,
    /// Whether a page may not end after the row.
    pub(crate) keep_with_next: bool,
    /// Drawn again at the top of every page the row begins or goes on on.
    pub(crate) header: Option<Rc<Row>>,
}

/// Thickness of rules.
const RULE: f32 = 0.5;

impl Row {
    /// Height without the space above.
    pub(crate) fn height(&self) -> f32 {
        self.cells.iter().map(Cell::height).fold(self.min_height, f32::max)
    }

    /// The least height that must fit for the row to begin on a page.
    pub(crate) fn beginning(&self) -> f32 {
        if !self.breakable {
            return self.height();
        }
        let first_break = |cell: &Cell| {
            let until = cell.parts.iter().position(|part| !part.keep_with_next).map_or(cell.parts.len(), |at| at + 1);
            cell.parts[..until].iter().map(|part| part.height).sum::<f32>() + 2.0 * cell.padding.1
        };
        self.cells.iter().map(first_break).fold(0.0, f32::max)
    }

    /// Cuts the row so that its upper half is at most `height` high; `None` if there is no good place.
    ///
    /// With `force` the upper half takes at least one part of every cell, good place or not: the emergency
    /// break for what is higher than a page.
    pub(crate) fn split(&self, height: f32, force: bool) -> Option<(Row, Row)> {
        let mut upper = self.clone();
        let mut lower = Row { before: 0.0, min_height: 0.0, ..self.clone() };
        for (top, rest) in upper.cells.iter_mut().zip(&mut lower.cells) {
            let mut left = height - 2.0 * top.padding.1;
            let fits = top.parts.iter().take_while(|part| {
                left -= part.height;
                left >= -0.01
            });
            let fits = fits.count();
            let mut at = fits;
            while at > 0 && at < top.parts.len() && top.parts[at - 1].keep_with_next {
                at -= 1;
            }
            if at == 0 && !top.parts.is_empty() {
                if !force {
                    return None;
                }
                at = fits.max(1);
            }
            rest.parts = top.parts.split_off(at);
        }
        upper.keep_with_next = false;
        Some((upper, lower))
    }

    /// The row's marks with its upper edge at `top`; all of them owned by `instead` if that is given.
    pub(crate) fn draw(&self, top: f32, instead: Option<Owner>, marks: &mut Vec<Mark>) {
        let height = self.height();
        let mut fill = |x, y, width, height, shade| {
            let shape = Shape::Box { width, height, shade };
            marks.push(Mark { x, y, owner: Owner::Decoration, shape });
        };
        for cell in &self.cells {
            if let Some(shade) = self.shade {
                fill(cell.x, top, cell.width, height, shade);
            }
            if self.ruled {
                fill(cell.x, top - RULE / 2.0, cell.width, RULE, 0.0);
                fill(cell.x, top + height - RULE / 2.0, cell.width, RULE, 0.0);
                fill(cell.x - RULE / 2.0, top - RULE / 2.0, RULE, height + RULE, 0.0);
                fill(cell.x + cell.width - RULE / 2.0, top - RULE / 2.0, RULE, height + RULE, 0.0);
            }
        }
        for cell in &self.cells {
            let mut y = top + cell.padding.1;
            for part in &cell.parts {
                marks.extend(part.marks.iter().cloned().map(|mark| Mark {
                    x: cell.x + cell.padding.0 + mark.x,
                    y: y + mark.y,
                    owner: instead.unwrap_or(mark.owner),
                    shape: mark.shape,
                }));
                y += part.height;
            }
        }
    }
}
