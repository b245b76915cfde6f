//! Daftar hadir of an outreach event: the list people sign on paper, with the totals by sex and staff group.

use std::collections::BTreeMap;
use std::rc::Rc;

use arumbae_domain::calendar;
use arumbae_domain::schema::Choice;
use arumbae_domain::{Attendee, OutreachEvent, Sex, StaffGroup, staff_number};

use crate::layout::MM;
use crate::layout::row::{Cell, Row};
use crate::layout::structure::{NodeId, Owner, Role, Structure};
use crate::layout::text::{Align, Setting};
use crate::manuscript::{BODY, Manuscript, Side, SignaturePlace, hours};
use crate::table::TABLE;
use crate::{Imprint, Rendered, ReportError, Signer};

/// What the list is made from.
#[derive(Clone, Debug)]
pub struct AttendanceListInput<'a> {
    /// The event with its attendees; attached to the document as `record.json`.
    pub event: &'a OutreachEvent,
    /// The officer who answers for the list; the signature field is `petugas`.
    pub officer: &'a Signer,
    /// Place of the signature line.
    pub signed_place: &'a str,
    /// Date of the signature line, the event's own date if absent.
    pub signed_date: Option<jiff::civil::Date>,
    /// The facts of this issue.
    pub imprint: &'a Imprint,
}

/// The list with the empty signature field `petugas`.
pub fn render(input: &AttendanceListInput<'_>) -> Result<Rendered, ReportError> {
    let record = serde_json::to_vec_pretty(input.event).map_err(ReportError::Record)?;
    let (manuscript, title) = write(input)?;
    manuscript.finish(title, record, input.imprint)
}

/// Shares of the table's width: No, Nama, NIP, Jabatan/Instansi, L/P, No HP, Tanda tangan.
const COLUMNS: [f32; 7] = [0.045, 0.2, 0.15, 0.225, 0.045, 0.145, 0.19];

/// High enough to sign in.
const ROW_HEIGHT: f32 = 25.0;

fn write(input: &AttendanceListInput<'_>) -> Result<(Manuscript, String), ReportError> {
    let manuscript = Manuscript::new(input.imprint, 16.0 * MM)?;
    let mut list = AttendanceList { manuscript, event: input.event };
    list.title();
    list.facts();
    list.attendees();
    list.totals();
    list.signature(input);
    let title = list.manuscript.wording.with("doc-attendance-document-title", &[("event", &input.event.title)]);
    Ok((list.manuscript, title.trim_end().to_owned()))
}

struct AttendanceList<'a> {
    manuscript: Manuscript,
    event: &'a OutreachEvent,
}

impl AttendanceList<'_> {
    fn text(&self, key: &str) -> String {
        self.manuscript.wording.text(key)
    }

    /// The printed name of a choice; its bare code if this version has no word for it.
    fn name_of(&self, prefix: &str, code: &str) -> String {
        let key = format!("{prefix}{code}");
        if self.manuscript.wording.knows(&key) { self.text(&key) } else { code.to_owned() }
    }

    fn title(&mut self) {
        let title = self.text("doc-attendance-title");
        let centred = Setting::new(13.0).bold().align(Align::Centre);
        self.manuscript.heading(Role::Title, &title, centred, 0.0);
        let event = self.event.title.to_uppercase();
        self.manuscript.heading(Role::Paragraph, &event, BODY.bold().align(Align::Centre), 3.0);
        self.manuscript.space(10.0);
    }

    fn facts(&mut self) {
        let event = self.event;
        let form = event.form.as_ref().map(|form| self.name_of("doc-outreach-", form.code()));
        let mode = event.mode.as_ref().map(|mode| self.name_of("doc-mode-", mode.code()));
        let form: Vec<String> = form.into_iter().chain(mode).collect();
        let speakers: Vec<String> = event.speakers.iter().map(|speaker| self.speaker(speaker)).collect();
        let facts = [
            ("doc-attendance-form", form.join(", ")),
            ("doc-attendance-basis", event.basis_letter.clone()),
            ("doc-attendance-day", event.date.map(calendar::weekday_date).unwrap_or_default()),
            ("doc-attendance-hours", hours(event.starts_at, event.ends_at)),
            ("doc-attendance-place", event.place.clone()),
            ("doc-attendance-link", event.link.clone()),
            ("doc-attendance-organiser", event.organiser.clone()),
            ("doc-attendance-speakers", speakers.join("\n")),
        ];
        let list = self.manuscript.list(Structure::ROOT);
        for (key, value) in facts {
            // Unlike Form A, the head of a list prints only what there is.
            if !value.trim().is_empty() {
                let label = self.text(key);
                self.manuscript.item(list, 0, "", &label, &value);
            }
        }
        self.manuscript.space(10.0);
    }

    fn speaker(&self, speaker: &arumbae_domain::Speaker) -> String {
        let role: Vec<&str> =
            [speaker.position.trim(), speaker.agency.trim()].into_iter().filter(|part| !part.is_empty()).collect();
        if role.is_empty() {
            return speaker.name.clone();
        }
        self.manuscript.wording.with("doc-attendance-speaker", &[("name", &speaker.name), ("role", &role.join(", "))])
    }

    fn attendees(&mut self) {
        if self.event.attendees.is_empty() {
            let empty = self.text("doc-attendance-empty");
            return self.manuscript.paragraph(&empty, 0.0);
        }
        let table = self.manuscript.structure.add(Structure::ROOT, Role::Table);
        let heads = [
            "doc-attendance-column-number",
            "doc-attendance-column-name",
            "doc-attendance-column-staff-number",
            "doc-attendance-column-position",
            "doc-attendance-column-sex",
            "doc-attendance-column-phone",
            "doc-attendance-column-signature",
        ];
        let heads: Vec<String> = heads.iter().map(|key| self.text(key)).collect();
        let header = Rc::new(self.manuscript.table_head(table, &COLUMNS, &heads));
        self.manuscript.push((*header).clone());
        for (at, attendee) in self.event.attendees.iter().enumerate() {
            let row = self.attendee(table, at + 1, attendee, &header);
            self.manuscript.push(row);
        }
    }

    fn attendee(&mut self, table: NodeId, number: usize, attendee: &Attendee, header: &Rc<Row>) -> Row {
        let position: Vec<&str> =
            [attendee.position.trim(), attendee.agency.trim()].into_iter().filter(|part| !part.is_empty()).collect();
        let texts = [
            (number.to_string(), Align::Centre),
            (attendee.name.clone(), Align::Left),
            (staff_number::describe(&attendee.staff_number), Align::Left),
            (position.join(", "), Align::Left),
            (self.sex(attendee.sex.as_ref()), Align::Centre),
            (attendee.phone.clone(), Align::Left),
            (String::new(), Align::Left),
        ];
        let mut cells = self.manuscript.table_cells(table, Role::Cell, &COLUMNS, &texts, TABLE);
        if let Some(cell) = cells.last_mut() {
            let element = self.manuscript.structure.nodes.len() - 1;
            self.signature_place(cell, number, attendee, Owner::Element(NodeId(element)));
        }
        Row { cells, min_height: ROW_HEIGHT, ruled: true, header: Some(header.clone()), ..Row::default() }
    }

    /// Signatures stand left and right by turns, so that each has the height of two rows; who attended online
    /// has nothing to sign, and the minutes stand there.
    fn signature_place(&mut self, cell: &mut Cell, number: usize, attendee: &Attendee, owner: Owner) {
        let text = match attendee.minutes_present {
            Some(minutes) => {
                self.manuscript.wording.with("doc-attendance-online", &[("minutes", &minutes.to_string())])
            }
            None => format!("{number} ………"),
        };
        let half = (cell.width - 2.0 * cell.padding.0) / 2.0;
        let online = attendee.minutes_present.is_some();
        let width = if online { 2.0 * half } else { half };
        let mut parts = self.manuscript.parts(&text, TABLE, width, owner);
        if !online && number.is_multiple_of(2) {
            parts.iter_mut().flat_map(|part| &mut part.marks).for_each(|mark| mark.x += half);
        }
        cell.parts = parts;
    }

    fn sex(&self, sex: Option<&Sex>) -> String {
        match sex {
            Some(Sex::Male) => self.text("doc-attendance-male"),
            Some(Sex::Female) => self.text("doc-attendance-female"),
            Some(Sex::Other(_)) | None => String::new(),
        }
    }

    fn totals(&mut self) {
        let mut groups: BTreeMap<Option<StaffGroup>, [usize; 3]> = BTreeMap::new();
        for attendee in &self.event.attendees {
            let column = match attendee.sex {
                Some(Sex::Male) => 0,
                Some(Sex::Female) => 1,
                Some(Sex::Other(_)) | None => 2,
            };
            groups.entry(attendee.staff_group.clone()).or_default()[column] += 1;
        }
        if groups.is_empty() {
            return;
        }
        let heading = self.text("doc-attendance-totals");
        self.manuscript.heading(Role::Heading, &heading, BODY.bold(), 16.0);
        self.manuscript.space(4.0);
        const SHARES: [f32; 5] = [0.4, 0.08, 0.08, 0.14, 0.1];
        let table = self.manuscript.structure.add(Structure::ROOT, Role::Table);
        let heads = [
            "doc-attendance-group",
            "doc-attendance-male",
            "doc-attendance-female",
            "doc-attendance-sex-unknown",
            "doc-attendance-sum",
        ];
        let heads: Vec<String> = heads.iter().map(|key| self.text(key)).collect();
        let head = self.manuscript.table_head(table, &SHARES, &heads);
        self.manuscript.push(head);
        // Groups in the order of the choice, those not stated last.
        let (unknown, known): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(group, _)| group.is_none());
        let mut sum = [0; 3];
        for (group, counts) in known.into_iter().chain(unknown) {
            let name = group.as_ref().map_or("unknown", |group| group.code());
            let name = self.name_of("doc-staff-", name);
            counts.iter().zip(&mut sum).for_each(|(count, sum)| *sum += count);
            self.total(table, &SHARES, name, counts, TABLE);
        }
        let name = self.text("doc-attendance-sum");
        self.total(table, &SHARES, name, sum, TABLE.bold());
    }

    fn total(&mut self, table: NodeId, shares: &[f32], name: String, counts: [usize; 3], setting: Setting) {
        let mut texts = vec![(name, Align::Left)];
        texts.extend(counts.iter().map(|count| (count.to_string(), Align::Right)));
        texts.push((counts.iter().sum::<usize>().to_string(), Align::Right));
        let cells = self.manuscript.table_cells(table, Role::Cell, shares, &texts, setting);
        self.manuscript.push(Row { cells, ruled: true, keep_with_next: true, ..Row::default() });
    }

    fn signature(&mut self, input: &AttendanceListInput<'_>) {
        let date = input.signed_date.or(self.event.date);
        let signed_at = self.manuscript.signed_at(input.signed_place, date);
        let heading = self.text("doc-attendance-signer");
        self.manuscript.signatures(&[SignaturePlace {
            side: Side::Right,
            field: "petugas",
            above: vec![signed_at, heading],
            signer: input.officer,
            below: &input.officer.position,
        }]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::layout::{Doc, Shape};
    use arumbae_domain::Paper;

    fn laid_out(event: &OutreachEvent, paper: Paper) -> Doc {
        let imprint = fixtures::imprint(paper, false);
        let officer = fixtures::chair();
        let input = AttendanceListInput {
            event,
            officer: &officer,
            signed_place: "Ambon",
            signed_date: None,
            imprint: &imprint,
        };
        let (mut manuscript, title) = write(&input).unwrap();
        manuscript.lay_out(title, b"{}".to_vec(), &imprint).0
    }

    #[test]
    fn a_short_list() {
        insta::assert_snapshot!(laid_out(&fixtures::event(9), Paper::A4).describe());
    }

    #[test]
    fn a_list_without_anyone() {
        insta::assert_snapshot!(laid_out(&OutreachEvent::default(), Paper::F4).describe());
    }

    #[test]
    fn five_hundred_attendees_each_once_with_the_head_on_every_page() {
        for paper in [Paper::A4, Paper::F4] {
            let doc = laid_out(&fixtures::event(500), paper);
            let description = doc.describe();
            for number in [1, 250, 500] {
                let name = ["Contoh Ó Briain", "Contoh Peserta"][number % 3 % 2].to_owned() + &format!(" {number}\n");
                let found = description.matches(&name).count();
                assert!(found == 1 || number % 3 == 2, "{name} stands there once, not {found} times");
            }
            let pages_of_the_table = doc.pages.len() - 1;
            assert!(description.matches("NIP/NRP").count() >= pages_of_the_table, "the head is repeated");
            let (right, bottom) = (doc.sheet.width - 40.0, doc.sheet.height - 30.0);
            for mark in doc.pages.iter().flat_map(|page| &page.marks) {
                if let Shape::Text(line) = &mark.shape {
                    assert!(
                        mark.x + line.width() < right && mark.y < bottom,
                        "nothing leaves the page: {}",
                        line.text()
                    );
                }
            }
        }
    }
}
