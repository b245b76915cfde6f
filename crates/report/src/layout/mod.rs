//! Laying out: from texts and rows to pages of positioned marks.
//!
//! Nothing here knows PDF. The origin is the upper left corner of the page, y grows downwards, lengths are
//! points (1/72 inch).

pub(crate) mod flow;
pub(crate) mod picture;
pub(crate) mod row;
pub(crate) mod structure;
pub(crate) mod text;

use arumbae_domain::Paper;

use picture::Picture;
use structure::{Owner, Structure};
use text::Line;

use crate::typeface::OutlinePoint;

/// One millimetre in points.
pub(crate) const MM: f32 = 72.0 / 25.4;

/// A page size in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Sheet {
    /// The sheet of a paper size; A4 for sizes of a later version.
    pub(crate) fn of(paper: &Paper) -> Sheet {
        match paper {
            Paper::F4 => Sheet { width: 609.45, height: 935.43 },
            Paper::A4 | Paper::Other(_) => Sheet { width: 595.28, height: 841.89 },
        }
    }
}

/// A laid out document.
#[derive(Debug)]
pub(crate) struct Doc {
    pub(crate) sheet: Sheet,
    pub(crate) pages: Vec<Page>,
    /// What [`Shape::Picture`] refers to.
    pub(crate) pictures: Vec<Picture>,
    /// What [`Shape::Field`] refers to.
    pub(crate) fields: Vec<SignatureField>,
    pub(crate) structure: Structure,
}

/// The marks on one page, in the order they are drawn and read.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) marks: Vec<Mark>,
}

/// Something drawn, and whose content it is.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// Left edge.
    pub(crate) x: f32,
    /// Upper edge; the baseline for a line of text.
    pub(crate) y: f32,
    pub(crate) owner: Owner,
    pub(crate) shape: Shape,
}

/// What can be drawn.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A line of text.
    Text(Line),
    /// A filled box in a shade of grey, 0 black to 1 white; rules are thin ones.
    Box { width: f32, height: f32, shade: f32 },
    /// One of the document's pictures, upright.
    Picture { picture: usize, width: f32, height: f32 },
    /// The dark squares of a QR code, row by row, `modules` to a side.
    Code { modules: usize, dark: Vec<bool>, size: f32 },
    /// One of the document's signature fields.
    Field { field: usize },
    /// Filled outlines, for letters that are a drawing and not text.
    Outline { contours: Vec<Vec<OutlinePoint>>, shade: f32 },
}

/// A place to sign.
#[derive(Clone, Debug)]
pub(crate) struct SignatureField {
    /// Its name in the form.
    pub(crate) name: &'static str,
    /// What a screen reader says.
    pub(crate) label: String,
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// What stands in it until it is signed.
    pub(crate) placeholder: Vec<Mark>,
}

#[cfg(test)]
impl Doc {
    /// The pages as people read them: one line per line of text with its place, other marks in brackets.
    pub(crate) fn describe(&self) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        for (number, page) in self.pages.iter().enumerate() {
            writeln!(out, "── page {} of {} ──", number + 1, self.pages.len()).unwrap();
            for mark in &page.marks {
                let (x, y) = (mark.x, mark.y);
                match &mark.shape {
                    Shape::Text(line) => writeln!(out, "{x:6.1} {y:6.1}  {}", line.text().trim_end()).unwrap(),
                    Shape::Outline { contours, .. } => writeln!(out, "[{} outlines]", contours.len()).unwrap(),
                    Shape::Picture { width, height, .. } => {
                        writeln!(out, "{x:6.1} {y:6.1}  [picture {width:.0} × {height:.0}]").unwrap();
                    }
                    Shape::Field { field } => {
                        writeln!(out, "{x:6.1} {y:6.1}  [field {}]", self.fields[*field].name).unwrap();
                    }
                    Shape::Code { .. } => writeln!(out, "{x:6.1} {y:6.1}  [code]").unwrap(),
                    Shape::Box { .. } => {}
                }
            }
        }
        out
    }
}
