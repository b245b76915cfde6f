//! What a template fills: rows in reading order, from which the document is made.

use std::fmt::Write;

use arumbae_domain::calendar::{self, IndonesianZone};
use jiff::civil::{Date, Time};
use sha2::{Digest, Sha256};

use crate::layout::flow::{Margins, paginate};
use crate::layout::picture::Picture;
use crate::layout::row::{Cell, Part, Row, text_parts};
use crate::layout::structure::{NodeId, Owner, Role, Structure};
use crate::layout::text::{Align, Setting, Typesetter};
use crate::layout::{Doc, MM, Mark, Page, Shape, Sheet, SignatureField};
use crate::pdf::{Facts, write_document};
use crate::typeface::{Style, Typeface};
use crate::wording::Wording;
use crate::{Imprint, Photo, Rendered, ReportError, Signer};

/// Type of the running text.
pub(crate) const BODY: Setting = Setting::new(11.0);
/// Type of long texts.
const LONG: Setting = BODY.align(Align::Justify).spaced(4.0);
/// Type of captions and placeholders.
const SMALL: Setting = Setting::new(9.0);
/// Type of footers.
const FOOTER: Setting = Setting::new(7.0);

/// Where the values of "label : value" rows begin, from the left margin.
const VALUE_AT: f32 = 198.0;
/// Width of the column that holds a number.
const NUMBER: f32 = 20.0;
/// Height of the place for a signature, by hand or electronic.
const FIELD_HEIGHT: f32 = 72.0;

/// A document being written.
pub(crate) struct Manuscript {
    pub(crate) wording: Wording,
    pub(crate) structure: Structure,
    typesetter: Typesetter,
    rows: Vec<Row>,
    pictures: Vec<Picture>,
    fields: Vec<SignatureField>,
    unreadable_photos: Vec<String>,
    sheet: Sheet,
    margins: Margins,
}

/// Where someone signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Left,
    Right,
}

/// Someone's place in a block of signatures.
pub(crate) struct SignaturePlace<'a> {
    pub(crate) side: Side,
    /// Name of the field in the form.
    pub(crate) field: &'static str,
    /// Lines above the signature.
    pub(crate) above: Vec<String>,
    pub(crate) signer: &'a Signer,
    /// What stands below the name, if anything.
    pub(crate) below: &'a str,
}

impl Manuscript {
    pub(crate) fn new(imprint: &Imprint, side_margin: f32) -> Result<Self, ReportError> {
        let sheet = Sheet::of(&imprint.paper);
        Ok(Manuscript {
            wording: Wording::load()?,
            structure: Structure::new(),
            typesetter: Typesetter::new(Typeface::load()?),
            rows: Vec::new(),
            pictures: Vec::new(),
            fields: Vec::new(),
            unreadable_photos: Vec::new(),
            sheet,
            margins: Margins { left: side_margin, right: side_margin, top: 20.0 * MM, bottom: 24.0 * MM },
        })
    }

    /// Left edge of the running text.
    pub(crate) fn left(&self) -> f32 {
        self.margins.left
    }

    /// Width of the running text.
    pub(crate) fn width(&self) -> f32 {
        self.sheet.width - self.margins.left - self.margins.right
    }

    /// The lines of a text as parts.
    pub(crate) fn parts(&mut self, text: &str, setting: Setting, width: f32, owner: Owner) -> Vec<Part> {
        text_parts(&mut self.typesetter, text, setting, width, owner)
    }

    /// Adds a row after the others.
    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Forbids the page to end after what was written last: its last lines go along to the next page.
    pub(crate) fn keep_last_with_next(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        let upper = row.height() - 2.0 * BODY.leading();
        match (row.breakable && upper > 0.0).then(|| row.split(upper, false)).flatten() {
            Some((upper, lower)) => self.rows.extend([upper, Row { keep_with_next: true, ..lower }]),
            None => self.rows.push(Row { keep_with_next: true, ..row }),
        }
    }

    /// A line across the whole width that stays with what follows.
    pub(crate) fn heading(&mut self, role: Role, text: &str, setting: Setting, before: f32) {
        let node = self.structure.add(Structure::ROOT, role);
        let (left, width) = (self.left(), self.width());
        let parts = self.parts(text, setting, width, Owner::Element(node));
        let cells = vec![Cell::plain(left, width, parts)];
        self.push(Row { before, cells, keep_with_next: true, ..Row::default() });
    }

    /// A numbered heading of a section, the number in its own column.
    pub(crate) fn section(&mut self, number: &str, text: &str) {
        let owner = Owner::Element(self.structure.add(Structure::ROOT, Role::Heading));
        let indent = NUMBER + 4.0;
        let (left, width) = (self.left(), self.width());
        let number = self.parts(&format!("{number}."), BODY.bold(), indent, owner);
        let text = self.parts(text, BODY.bold(), width - indent, owner);
        let cells = vec![Cell::plain(left, indent, number), Cell::plain(left + indent, width - indent, text)];
        self.push(Row { before: 12.0, cells, keep_with_next: true, ..Row::default() });
    }

    /// A heading below a section's, indented as its text is.
    pub(crate) fn subheading(&mut self, text: &str) {
        let owner = Owner::Element(self.structure.add(Structure::ROOT, Role::Subheading));
        let at = indent(1);
        let (left, width) = (self.left() + at, self.width() - at);
        let parts = self.parts(text, BODY.italic(), width, owner);
        let cells = vec![Cell::plain(left, width, parts)];
        self.push(Row { before: 6.0, cells, keep_with_next: true, ..Row::default() });
    }

    /// Empty height that stays with what follows.
    pub(crate) fn space(&mut self, height: f32) {
        self.push(Row { min_height: height, keep_with_next: true, ..Row::default() });
    }

    /// `Ambon, 21 September 2024`; dotted lines to be filled in by hand where something is missing.
    pub(crate) fn signed_at(&self, place: &str, date: Option<Date>) -> String {
        const BLANK: &str = "……………………";
        let place = if place.trim().is_empty() { BLANK } else { place };
        let date = date.map_or(BLANK.to_owned(), calendar::long_date);
        self.wording.with("doc-signed-at", &[("place", place), ("date", &date)])
    }

    /// A paragraph, indented as the text of a section is.
    pub(crate) fn paragraph(&mut self, text: &str, indent: f32) {
        let owner = Owner::Element(self.structure.add(Structure::ROOT, Role::Paragraph));
        let (left, width) = (self.left() + indent, self.width() - indent);
        let parts = self.parts(text, LONG, width, owner);
        let cells = vec![Cell::plain(left, width, parts)];
        self.push(Row { before: 3.0, cells, breakable: true, ..Row::default() });
    }

    /// A list to put items in.
    pub(crate) fn list(&mut self, parent: NodeId) -> NodeId {
        self.structure.add(parent, Role::List)
    }

    /// "1. Label : value"; an empty value is printed as a dash, so that no line looks forgotten.
    ///
    /// Gives back the element of the item, for a list within it.
    pub(crate) fn item(&mut self, list: NodeId, depth: usize, number: &str, label: &str, value: &str) -> NodeId {
        let dash = self.wording.text("doc-not-filled");
        let value = if value.trim().is_empty() { &dash } else { value };
        self.item_row(list, depth, number, label, Some(value), false)
    }

    /// "1. Label", a heading of the items that follow.
    pub(crate) fn item_heading(&mut self, list: NodeId, depth: usize, number: &str, label: &str) -> NodeId {
        let body = self.item_row(list, depth, number, label, None, false);
        self.keep_last_with_next();
        body
    }

    /// "1. text" over the whole width.
    pub(crate) fn item_text(&mut self, list: NodeId, depth: usize, number: &str, text: &str) -> NodeId {
        self.item_row(list, depth, number, text, None, true)
    }

    fn item_row(
        &mut self,
        list: NodeId,
        depth: usize,
        number: &str,
        label: &str,
        value: Option<&str>,
        justify: bool,
    ) -> NodeId {
        let item = self.structure.add(list, Role::ListItem);
        let number_owner = (!number.is_empty()).then(|| Owner::Element(self.structure.add(item, Role::Label)));
        let body = self.structure.add(item, Role::ListBody);
        let owner = Owner::Element(body);
        let (left, right) = (self.left(), self.left() + self.width());
        let at = left + indent(depth);
        let mut cells = Vec::new();
        if let Some(number_owner) = number_owner {
            let parts = self.parts(number, BODY, NUMBER, number_owner);
            cells.push(Cell::plain(at, NUMBER, parts));
        }
        let text_at = if number.is_empty() && depth == 0 { at } else { at + NUMBER };
        match value {
            None => {
                let setting = if justify { LONG } else { BODY };
                let parts = self.parts(label, setting, right - text_at, owner);
                cells.push(Cell::plain(text_at, right - text_at, parts));
            }
            Some(value) => {
                let value_at = left + VALUE_AT;
                let parts = self.parts(label, BODY, value_at - 12.0 - text_at, owner);
                cells.push(Cell::plain(text_at, value_at - 12.0 - text_at, parts));
                let parts = self.parts(":", BODY, 10.0, owner);
                cells.push(Cell::plain(value_at - 10.0, 10.0, parts));
                let parts = self.parts(value, BODY, right - value_at, owner);
                cells.push(Cell::plain(value_at, right - value_at, parts));
            }
        }
        self.push(Row { before: 2.0, cells, breakable: true, ..Row::default() });
        body
    }

    /// A long text as the body of the item whose heading was just written.
    pub(crate) fn item_narrative(&mut self, body: NodeId, depth: usize, text: &str) {
        let none = self.wording.text("doc-not-filled");
        let text = if text.trim().is_empty() { none.as_str() } else { text };
        let owner = Owner::Element(self.structure.add(body, Role::Paragraph));
        let at = self.left() + indent(depth) + NUMBER;
        let width = self.left() + self.width() - at;
        let parts = self.parts(text, LONG, width, owner);
        let cells = vec![Cell::plain(at, width, parts)];
        self.push(Row { before: 2.0, cells, breakable: true, ..Row::default() });
    }

    /// Photos with captions, two abreast; one alone stands in the middle.
    pub(crate) fn photos(&mut self, photos: &[Photo]) {
        const GAP: f32 = 14.0;
        let (left, width) = (self.left(), self.width());
        let abreast = if photos.len() == 1 { 1 } else { 2 };
        let column = if abreast == 1 { width * 0.7 } else { (width - GAP) / 2.0 };
        let begin = if abreast == 1 { left + (width - column) / 2.0 } else { left };
        let mut number = 0;
        for pair in photos.chunks(abreast) {
            let cells = pair.iter().enumerate().map(|(at, photo)| {
                number += 1;
                Cell::plain(begin + at as f32 * (column + GAP), column, self.photo(photo, number, column))
            });
            let cells = cells.collect();
            self.push(Row { before: 10.0, cells, ..Row::default() });
        }
    }

    fn photo(&mut self, photo: &Photo, number: usize, width: f32) -> Vec<Part> {
        let number = number.to_string();
        let caption = match photo.caption.trim() {
            "" => self.wording.with("doc-photo-without-caption", &[("number", &number)]),
            caption => self.wording.with("doc-photo", &[("number", &number), ("caption", caption)]),
        };
        let centred = SMALL.align(Align::Centre);
        let Some(picture) = Picture::read(&photo.bytes) else {
            self.unreadable_photos.push(photo.file_name.clone());
            let owner = Owner::Element(self.structure.add(Structure::ROOT, Role::Paragraph));
            let text = self.wording.with("doc-photo-unreadable", &[("file", &photo.file_name)]);
            return self.unreadable(&text, &caption, width, owner);
        };
        let figure = self.structure.add_figure(Structure::ROOT, caption.clone());
        let below = self.structure.add(figure, Role::Caption);
        let tallest = 72.0 * MM;
        let height = (width / picture.proportion()).min(tallest);
        let shown = height * picture.proportion();
        let shape = Shape::Picture { picture: self.pictures.len(), width: shown, height };
        let mark = Mark { x: (width - shown) / 2.0, y: 0.0, owner: Owner::Element(figure), shape };
        self.pictures.push(picture);
        let mut parts = vec![Part { height, marks: vec![mark], keep_with_next: true }, Part::gap(3.0)];
        parts.extend(self.parts(&caption, centred, width, Owner::Element(below)));
        parts
    }

    /// A grey frame with a note in place of a photo.
    fn unreadable(&mut self, note: &str, caption: &str, width: f32, owner: Owner) -> Vec<Part> {
        const INSET: f32 = 12.0;
        let centred = SMALL.align(Align::Centre);
        let mut note = self.parts(note, centred.italic(), width - 2.0 * INSET, owner);
        note.iter_mut().flat_map(|part| &mut part.marks).for_each(|mark| mark.x += INSET);
        let height = width * 0.5;
        let beside = (height - note.iter().map(|part| part.height).sum::<f32>()).max(0.0) / 2.0;
        let mut parts = vec![Part::of(Shape::Box { width, height, shade: 0.93 }, beside, Owner::Decoration)];
        parts.extend(note);
        parts.push(Part::gap(beside + 3.0));
        parts.extend(self.parts(caption, centred, width, owner));
        parts
    }

    /// A block of signatures, kept whole; the order of `places` is the order of signing.
    pub(crate) fn signatures(&mut self, places: &[SignaturePlace<'_>]) {
        let (left, width) = (self.left(), self.width() / 2.0);
        // A signature alone on a page would sign nothing.
        self.keep_last_with_next();
        let section = self.structure.add(Structure::ROOT, Role::Section);
        let first_field = self.fields.len();
        for place in places {
            let label = [("position", place.signer.position.as_str()), ("name", place.signer.name.as_str())];
            let label = self.wording.with("doc-signature-field", &label);
            let field = self.field(place.field, label, width - 16.0);
            self.fields.push(field);
        }
        // Read from left to right, whatever the order of signing.
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|&at| places[at].side);
        let mut above: Vec<Vec<Part>> = Vec::new();
        let mut cells = Vec::new();
        for at in order {
            let place = &places[at];
            let owner = Owner::Element(self.structure.add(section, Role::Paragraph));
            let lines = place.above.join("\n");
            let heading = self.parts(&lines, BODY.align(Align::Centre), width - 8.0, owner);
            above.push(heading);
            let form = self.structure.add(section, Role::Form);
            let mut parts = vec![Part {
                height: FIELD_HEIGHT + 4.0,
                marks: vec![Mark {
                    x: 4.0,
                    y: 2.0,
                    owner: Owner::Element(form),
                    shape: Shape::Field { field: first_field + at },
                }],
                keep_with_next: true,
            }];
            let owner = Owner::Element(self.structure.add(section, Role::Paragraph));
            let name = match place.signer.name.trim() {
                "" => self.wording.text("doc-no-name"),
                name => name.to_owned(),
            };
            parts.extend(self.parts(&name, BODY.bold().align(Align::Centre), width - 8.0, owner));
            if !place.below.trim().is_empty() {
                parts.extend(self.parts(place.below, BODY.align(Align::Centre), width - 8.0, owner));
            }
            let x = match place.side {
                Side::Left => left,
                Side::Right => left + width,
            };
            cells.push(Cell { x, width, padding: (4.0, 0.0), parts });
        }
        // Fields stand level: the shorter heading gets its empty lines on top.
        let height = |parts: &[Part]| parts.iter().map(|part| part.height).sum::<f32>();
        let tallest = above.iter().map(|parts| height(parts)).fold(0.0, f32::max);
        for (cell, heading) in cells.iter_mut().zip(above) {
            let gap = Part::gap(tallest - height(&heading));
            cell.parts.splice(0..0, std::iter::once(gap).chain(heading));
        }
        self.push(Row { before: 22.0, cells, ..Row::default() });
    }

    fn field(&mut self, name: &'static str, label: String, width: f32) -> SignatureField {
        let text = self.wording.text("doc-unsigned");
        let setting = SMALL.italic().align(Align::Centre);
        let parts = self.parts(&text, setting, width, Owner::Decoration);
        let mut placeholder: Vec<Mark> = parts.into_iter().flat_map(|part| part.marks).collect();
        placeholder.iter_mut().for_each(|mark| mark.y += (FIELD_HEIGHT - setting.leading()) / 2.0);
        placeholder.extend(frame(width, FIELD_HEIGHT));
        SignatureField { name, label, width, height: FIELD_HEIGHT, placeholder }
    }

    /// Lays the rows out, adds footers and marks, and writes the document.
    pub(crate) fn finish(mut self, title: String, record: Vec<u8>, imprint: &Imprint) -> Result<Rendered, ReportError> {
        let (doc, facts) = self.lay_out(title, record, imprint);
        let pdf = write_document(&doc, &facts)?;
        Ok(Rendered {
            pdf,
            pages: doc.pages.len(),
            missing_glyphs: self.typesetter.into_missing(),
            unreadable_photos: self.unreadable_photos,
        })
    }

    /// The pages before they become a PDF.
    pub(crate) fn lay_out(&mut self, title: String, record: Vec<u8>, imprint: &Imprint) -> (Doc, Facts) {
        let mut pages = paginate(&self.rows, self.sheet, self.margins);
        let count = pages.len();
        let hash = fingerprint(&record);
        for (at, page) in pages.iter_mut().enumerate() {
            self.add_footer(page, at + 1, count, &hash, imprint);
            if imprint.sample {
                self.add_watermark(page);
            }
        }
        let facts = Facts {
            record_label: self.wording.with("doc-record", &[("title", &title)]),
            title,
            author: imprint.office.clone(),
            identifier: format!("urn:uuid:{}", imprint.document),
            issued_at: imprint.issued_at,
            record,
        };
        let doc = Doc {
            sheet: self.sheet,
            pages,
            pictures: std::mem::take(&mut self.pictures),
            fields: std::mem::take(&mut self.fields),
            structure: std::mem::replace(&mut self.structure, Structure::new()),
        };
        (doc, facts)
    }

    fn add_footer(&mut self, page: &mut Page, number: usize, count: usize, hash: &str, imprint: &Imprint) {
        let (number, count) = (number.to_string(), count.to_string());
        let issued = calendar::moment(imprint.issued_at, IndonesianZone::Wit);
        let wording = &self.wording;
        let identity = [
            wording.with("doc-identity", &[("id", &imprint.document.to_string())]),
            wording.with("doc-issued", &[("at", &issued)]),
            wording.with("doc-fingerprint", &[("hash", hash)]),
        ];
        let page_number = wording.with("doc-page", &[("page", &number), ("pages", &count)]);
        let second = if imprint.sample { wording.text("doc-sample-note") } else { wording.text("doc-verify") };
        let (left, width) = (self.left(), self.width());
        let number_width = 70.0;
        let top = self.sheet.height - 17.0 * MM;
        let rule = Shape::Box { width, height: 0.4, shade: 0.5 };
        page.marks.push(Mark { x: left, y: top - 3.0, owner: Owner::Pagination, shape: rule });
        let second_setting = if imprint.sample { FOOTER.bold() } else { FOOTER };
        let wide = width - number_width;
        let mut cells =
            vec![Cell::plain(left, wide, self.parts(&identity.join(" · "), FOOTER, wide, Owner::Pagination))];
        cells[0].parts.extend(self.parts(&second, second_setting, wide, Owner::Pagination));
        let number = self.parts(&page_number, FOOTER.align(Align::Right), number_width, Owner::Pagination);
        cells.push(Cell::plain(left + wide, number_width, number));
        Row { cells, ..Row::default() }.draw(top, None, &mut page.marks);
    }

    fn add_watermark(&mut self, page: &mut Page) {
        let text = self.wording.text("doc-sample");
        // Drawn, not set: text across the page would stand in the middle of what people copy.
        let contours = self.typesetter.typeface.outlines(Style::Bold, &text, 110.0, 55.0);
        let mark = Mark {
            x: self.sheet.width / 2.0,
            y: self.sheet.height / 2.0,
            owner: Owner::Pagination,
            shape: Shape::Outline { contours, shade: 0.93 },
        };
        // Behind everything else.
        page.marks.insert(0, mark);
    }
}

fn indent(depth: usize) -> f32 {
    // Items stand below the text of their section's heading.
    if depth == 0 { 0.0 } else { NUMBER + 4.0 + (depth - 1) as f32 * NUMBER }
}

/// The hours of an event in WIT; the last hour alone if the first is missing.
pub(crate) fn hours(from: Option<Time>, until: Option<Time>) -> String {
    match (from, until) {
        (Some(from), until) => calendar::clock_range(from, until, IndonesianZone::Wit),
        (None, Some(until)) => calendar::clock(until, IndonesianZone::Wit),
        (None, None) => String::new(),
    }
}

/// A thin grey frame.
fn frame(width: f32, height: f32) -> Vec<Mark> {
    const LINE: f32 = 0.7;
    let edge =
        |x, y, width, height| Mark { x, y, owner: Owner::Decoration, shape: Shape::Box { width, height, shade: 0.6 } };
    vec![
        edge(0.0, 0.0, width, LINE),
        edge(0.0, height - LINE, width, LINE),
        edge(0.0, 0.0, LINE, height),
        edge(width - LINE, 0.0, LINE, height),
    ]
}

/// The beginning of the record's SHA-256 in groups a person can compare.
fn fingerprint(record: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in Sha256::digest(record).iter().take(6).enumerate() {
        if at > 0 && at % 2 == 0 {
            text.push(' ');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
