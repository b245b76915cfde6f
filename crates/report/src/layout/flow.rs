//! Putting rows on pages.

use std::borrow::Cow;

use super::row::Row;
use super::structure::Owner;
use super::{Page, Sheet};

/// The part of a page rows may fill; distances from the sheet's edges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Margins {
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) top: f32,
    pub(crate) bottom: f32,
}

/// Fills pages from top to bottom.
struct Flow {
    top: f32,
    bottom: f32,
    y: f32,
    /// Nothing but a repeated header stands on the page yet.
    fresh: bool,
    pages: Vec<Page>,
}

/// The rows on as many pages as they need.
pub(crate) fn paginate(rows: &[Row], sheet: Sheet, margins: Margins) -> Vec<Page> {
    let bottom = sheet.height - margins.bottom;
    let mut flow = Flow { top: margins.top, bottom, y: margins.top, fresh: true, pages: vec![Page::default()] };
    for at in 0..rows.len() {
        flow.place(&rows[at..]);
    }
    flow.pages
}

impl Flow {
    fn left(&self) -> f32 {
        self.bottom - self.y
    }

    fn turn(&mut self, next: &Row) {
        self.pages.push(Page::default());
        self.y = self.top;
        if let Some(header) = &next.header {
            self.draw(header, Some(Owner::Pagination));
        }
        self.fresh = true;
    }

    fn draw(&mut self, row: &Row, instead: Option<Owner>) {
        if let Some(page) = self.pages.last_mut() {
            row.draw(self.y, instead, &mut page.marks);
        }
        self.y += row.height();
        self.fresh = false;
    }

    /// Places the first of `rows`; the others say how much must stay together with it.
    fn place(&mut self, rows: &[Row]) {
        let Some(row) = rows.first() else { return };
        let before = if self.fresh { 0.0 } else { row.before };
        if !self.fresh && before + together(rows, self.bottom - self.top) > self.left() {
            self.turn(row);
        } else {
            self.y += before;
        }
        let mut rest = Cow::Borrowed(row);
        loop {
            let height = rest.height();
            if height <= self.left() {
                return self.draw(&rest, None);
            }
            // A row that may not be broken is broken all the same if no page can hold it.
            let may_break = rest.breakable || height > self.bottom - self.top;
            match may_break.then(|| rest.split(self.left(), self.fresh)).flatten() {
                Some((upper, lower)) => {
                    self.draw(&upper, None);
                    self.turn(&lower);
                    if lower.cells.iter().all(|cell| cell.parts.is_empty()) {
                        return;
                    }
                    rest = Cow::Owned(lower);
                }
                None if self.fresh => return self.draw(&rest, None),
                None => self.turn(&rest),
            }
        }
    }
}

/// The height that must be left on a page for the first row to begin there.
fn together(rows: &[Row], page: f32) -> f32 {
    let mut height = 0.0;
    for (at, row) in rows.iter().enumerate() {
        let before = if at == 0 { 0.0 } else { row.before };
        let needed = if row.keep_with_next { row.height() } else { row.beginning() };
        if height + before + needed > page {
            break;
        }
        height += before + needed;
        if !row.keep_with_next {
            break;
        }
    }
    height
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::row::{Cell, text_parts};
    use crate::layout::structure::Structure;
    use crate::layout::text::{Setting, Typesetter};
    use crate::layout::{Mark, Shape};
    use crate::typeface::Typeface;
    use std::rc::Rc;

    const SHEET: Sheet = Sheet { width: 200.0, height: 130.0 };
    // Ten lines of 10 points.
    const MARGINS: Margins = Margins { left: 10.0, right: 10.0, top: 15.0, bottom: 15.0 };
    const SETTING: Setting = Setting::new(10.0 / 1.3);

    fn row(typesetter: &mut Typesetter, text: &str) -> Row {
        let owner = Owner::Element(Structure::ROOT);
        let parts = text_parts(typesetter, text, SETTING, 180.0, owner);
        Row { cells: vec![Cell::plain(10.0, 180.0, parts)], breakable: true, ..Row::default() }
    }

    /// How many lines stand on each page, repeated headers in brackets.
    #[track_caller]
    fn check_pages(build: impl FnOnce(&mut Typesetter) -> Vec<Row>, expected: &str) {
        let mut typesetter = Typesetter::new(Typeface::load().unwrap());
        let rows = build(&mut typesetter);
        let lines = |page: &Page, wanted: fn(&Mark) -> bool| {
            page.marks.iter().filter(|mark| matches!(mark.shape, Shape::Text(_)) && wanted(mark)).count()
        };
        let described: Vec<String> = paginate(&rows, SHEET, MARGINS)
            .iter()
            .map(|page| match lines(page, |mark| mark.owner == Owner::Pagination) {
                0 => lines(page, |_| true).to_string(),
                repeated => format!("[{repeated}]{}", lines(page, |mark| mark.owner != Owner::Pagination)),
            })
            .collect();
        assert_eq!(described.join(" "), expected);
    }

    /// A paragraph of so many lines.
    fn paragraph(lines: usize) -> String {
        "Pengawasankampanye dilakukan ditempat ".repeat(lines).trim_end().to_owned()
    }

    #[test]
    fn neither_widows_nor_orphans() {
        check_pages(|setter| vec![row(setter, &paragraph(9)), row(setter, &paragraph(3))], "9 3");
        check_pages(|setter| vec![row(setter, &paragraph(11))], "9 2");
        check_pages(|setter| vec![row(setter, &paragraph(8)), row(setter, &paragraph(4))], "10 2");
        check_pages(|setter| vec![row(setter, &paragraph(60))], "10 10 10 10 10 10");
    }

    #[test]
    fn a_heading_is_never_left_behind() {
        let with_heading = |setter: &mut Typesetter, before: usize| {
            let heading = Row { keep_with_next: true, ..row(setter, "II. Kegiatan") };
            vec![row(setter, &"a\n".repeat(before)), heading, row(setter, &paragraph(4))]
        };
        check_pages(|setter| with_heading(setter, 7), "10 2");
        check_pages(|setter| with_heading(setter, 8), "8 5");
    }

    #[test]
    fn a_header_is_repeated_and_a_giant_row_is_broken() {
        let table = |setter: &mut Typesetter, text: &str| {
            let header = Rc::new(row(setter, "No"));
            let body = Row { breakable: false, header: Some(header.clone()), ..row(setter, text) };
            vec![Row { keep_with_next: true, ..(*header).clone() }, body.clone(), body]
        };
        check_pages(|setter| table(setter, "a\nb\nc\nd\ne"), "6 [1]5");
        check_pages(|setter| table(setter, &"a\n".repeat(12)), "10 [1]9 [1]6");
    }
}
