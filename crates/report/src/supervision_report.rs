//! Formulir Model A, Laporan Hasil Pengawasan (Perbawaslu 5/2022): sections I to V, no letterhead.

use arumbae_domain::calendar::{self, IndonesianZone};
use arumbae_domain::{ElectionRegime, EvidenceClass, SupervisionActivity, SupervisionReport};
use jiff::civil::{Date, Time};

use crate::layout::MM;
use crate::layout::structure::{NodeId, Role, Structure};
use crate::layout::text::Align;
use crate::manuscript::{BODY, Manuscript, Side, SignaturePlace, hours};
use crate::{Imprint, Photo, Rendered, ReportError, Signer};

/// What the report is made from.
#[derive(Clone, Debug)]
pub struct SupervisionReportInput<'a> {
    /// The record; attached to the document as `record.json`.
    pub report: &'a SupervisionReport,
    /// The photos of DOKUMENTASI, in order.
    pub photos: &'a [Photo],
    /// Who acknowledges the report on the left; its signature field is `ketua`.
    pub chair: &'a Signer,
    /// The facts of this issue.
    pub imprint: &'a Imprint,
}

/// The report with empty signature fields `petugas` and `ketua`, to be signed in this order.
pub fn render(input: &SupervisionReportInput<'_>) -> Result<Rendered, ReportError> {
    let record = serde_json::to_vec_pretty(input.report).map_err(ReportError::Record)?;
    let (manuscript, title) = write(input)?;
    manuscript.finish(title, record, input.imprint)
}

fn write(input: &SupervisionReportInput<'_>) -> Result<(Manuscript, String), ReportError> {
    let manuscript = Manuscript::new(input.imprint, 22.0 * MM)?;
    let regime = match input.report.regime {
        Some(ElectionRegime::Regional) => "regional",
        Some(ElectionRegime::General | ElectionRegime::Other(_)) | None => "general",
    };
    let mut form = FormA { manuscript, report: input.report, regime };
    form.title();
    form.officer();
    form.activities();
    form.findings();
    form.alleged_violation();
    form.potential_dispute();
    form.signatures(input.chair);
    form.documentation(input.photos);
    let title = form.manuscript.wording.with("doc-lhp-document-title", &[("number", &input.report.number)]);
    Ok((form.manuscript, title.trim_end().to_owned()))
}

struct FormA<'a> {
    manuscript: Manuscript,
    report: &'a SupervisionReport,
    /// The ending of the message keys whose wording differs between Pemilu and Pemilihan.
    regime: &'static str,
}

impl FormA<'_> {
    fn text(&self, key: &str) -> String {
        self.manuscript.wording.text(key)
    }

    fn of_regime(&self, key: &str) -> String {
        self.text(&format!("{key}{}", self.regime))
    }

    fn item(&mut self, list: NodeId, depth: usize, number: &str, key: &str, value: &str) {
        let label = self.text(key);
        self.manuscript.item(list, depth, number, &label, value);
    }

    fn item_heading(&mut self, list: NodeId, depth: usize, number: &str, key: &str) -> NodeId {
        let label = self.text(key);
        self.manuscript.item_heading(list, depth, number, &label)
    }

    fn section(&mut self, number: &str, heading: &str) {
        self.manuscript.section(number, heading);
    }

    fn paragraph(&mut self, key: &str) {
        let text = self.text(key);
        self.manuscript.paragraph(&text, SECTION_TEXT);
    }

    fn title(&mut self) {
        let centred = BODY.bold().align(Align::Centre);
        let form = self.text("doc-lhp-form");
        let title = self.of_regime("doc-lhp-title-");
        let number = match self.report.number.trim() {
            "" => self.text("doc-lhp-without-number"),
            number => self.manuscript.wording.with("doc-lhp-number", &[("number", number)]),
        };
        self.manuscript.heading(Role::Paragraph, &form, centred, 0.0);
        self.manuscript.heading(Role::Title, &title, centred, 3.0);
        self.manuscript.heading(Role::Paragraph, &number, centred, 3.0);
    }

    fn officer(&mut self) {
        let heading = self.of_regime("doc-lhp-1-");
        self.section("I", &heading);
        let report = self.report;
        let list = self.manuscript.list(Structure::ROOT);
        self.item(list, 1, "1.", "doc-lhp-stage", &report.stage);
        self.item(list, 1, "2.", "doc-lhp-officer", &report.officer_name);
        self.item(list, 1, "3.", "doc-lhp-position", &report.officer_position);
        self.item(list, 1, "4.", "doc-lhp-assignment", &report.assignment_number);
        self.item(list, 1, "5.", "doc-lhp-address", &report.officer_address);
    }

    fn activities(&mut self) {
        let heading = self.text("doc-lhp-2");
        self.section("II", &heading);
        let activities = &self.report.activities;
        if activities.is_empty() {
            return self.paragraph("doc-not-filled");
        }
        for (at, activity) in activities.iter().enumerate() {
            if activities.len() > 1 {
                let number = (at + 1).to_string();
                let heading = self.manuscript.wording.with("doc-lhp-activity", &[("number", &number)]);
                self.manuscript.subheading(&heading);
            }
            self.activity(activity);
        }
    }

    fn activity(&mut self, activity: &SupervisionActivity) {
        let list = self.manuscript.list(Structure::ROOT);
        self.item(list, 1, "1.", "doc-lhp-form-of", &activity.form);
        self.item(list, 1, "2.", "doc-lhp-purpose", &activity.purpose);
        self.item(list, 1, "3.", "doc-lhp-target", &activity.target);
        let body = self.item_heading(list, 1, "4.", "doc-lhp-when-where");
        let within = self.manuscript.list(body);
        self.item(within, 2, "a.", "doc-lhp-day", &day(activity.date));
        self.item(within, 2, "b.", "doc-lhp-hours", &hours(activity.starts_at, activity.ends_at));
        self.item(within, 2, "c.", "doc-lhp-place", &activity.place);
    }

    fn findings(&mut self) {
        let heading = self.text("doc-lhp-3");
        self.section("III", &heading);
        match self.report.findings_summary.trim() {
            "" => self.paragraph("doc-not-filled"),
            summary => self.manuscript.paragraph(summary, SECTION_TEXT),
        }
    }

    fn alleged_violation(&mut self) {
        let heading = self.text("doc-lhp-4");
        self.section("IV", &heading);
        let report = self.report;
        // Where nobody said yes or no, what was written down decides: nothing written is left out of the form.
        let written = || !report.event.is_empty() || !report.violation_summary.is_empty();
        if !report.has_alleged_violation.unwrap_or_else(written) {
            return self.paragraph("doc-none");
        }
        let list = self.manuscript.list(Structure::ROOT);

        let body = self.item_heading(list, 1, "1.", "doc-lhp-event-block");
        let within = self.manuscript.list(body);
        let time = [day(report.event_date), report.event_time.map(clock).unwrap_or_default()];
        self.item(within, 2, "a.", "doc-lhp-event", &report.event);
        self.item(within, 2, "b.", "doc-lhp-event-place", &report.event_place);
        self.item(within, 2, "c.", "doc-lhp-event-time", &joined(&time));
        self.item(within, 2, "d.", "doc-lhp-perpetrator", &report.perpetrator_name);
        self.item(within, 2, "e.", "doc-lhp-perpetrator-address", &report.perpetrator_address);

        let body = self.item_heading(list, 1, "2.", "doc-lhp-witnesses");
        let within = self.manuscript.list(body);
        for (at, witness) in report.witnesses.iter().enumerate() {
            self.item(within, 2, &letter(at), "doc-lhp-witness", &witness.name);
            self.item(within, 2, "", "doc-lhp-witness-address", &witness.address);
        }
        if report.witnesses.is_empty() {
            self.nothing(within);
        }
        self.evidence(list, "3.", "doc-lhp-proofs", &EvidenceClass::Proof);
        self.evidence(list, "4.", "doc-lhp-exhibits", &EvidenceClass::Exhibit);
        self.narrative(list, "5.", "doc-lhp-violation", &report.violation_summary);
        self.narrative(list, "6.", "doc-lhp-facts", &report.facts);
        self.narrative(list, "7.", "doc-lhp-analysis", &report.analysis);
    }

    fn evidence(&mut self, list: NodeId, number: &str, key: &str, class: &EvidenceClass) {
        let body = self.item_heading(list, 1, number, key);
        let within = self.manuscript.list(body);
        let mut pieces = self.report.evidence.iter().filter(|piece| {
            // What was not classed is listed as alat bukti rather than left out.
            piece.class.as_ref().unwrap_or(&EvidenceClass::Proof) == class
        });
        let mut any = false;
        for (at, piece) in pieces.by_ref().enumerate() {
            self.manuscript.item_text(within, 2, &letter(at), &piece.description);
            any = true;
        }
        if !any {
            self.nothing(within);
        }
    }

    fn nothing(&mut self, list: NodeId) {
        let none = self.text("doc-none");
        self.manuscript.item_text(list, 2, "", &none);
    }

    fn narrative(&mut self, list: NodeId, number: &str, key: &str, text: &str) {
        let body = self.item_heading(list, 1, number, key);
        self.manuscript.item_narrative(body, 1, text);
    }

    fn potential_dispute(&mut self) {
        let heading = self.text("doc-lhp-5");
        self.section("V", &heading);
        let report = self.report;
        let written = || !report.dispute_participant.is_empty() || !report.dispute_summary.is_empty();
        if !report.has_potential_dispute.unwrap_or_else(written) {
            return self.paragraph("doc-none");
        }
        let list = self.manuscript.list(Structure::ROOT);
        let participant = self.of_regime("doc-lhp-dispute-block-");
        let body = self.manuscript.item_heading(list, 1, "1.", &participant);
        let within = self.manuscript.list(body);
        self.item(within, 2, "a.", "doc-lhp-dispute-participant", &report.dispute_participant);
        self.item(within, 2, "b.", "doc-lhp-dispute-place", &report.dispute_place);
        self.item(within, 2, "c.", "doc-lhp-dispute-time", &day(report.dispute_date));
        let body = self.item_heading(list, 1, "2.", "doc-lhp-dispute-object");
        let within = self.manuscript.list(body);
        self.item(within, 2, "a.", "doc-lhp-dispute-form", &report.dispute_object_form);
        self.item(within, 2, "b.", "doc-lhp-dispute-identity", &report.dispute_object_identity);
        self.item(within, 2, "c.", "doc-lhp-dispute-issued", &day(report.dispute_object_issued));
        self.item(within, 2, "d.", "doc-lhp-dispute-loss", &report.dispute_direct_loss);
        self.narrative(list, "3.", "doc-lhp-dispute-summary", &report.dispute_summary);
    }

    fn signatures(&mut self, chair: &Signer) {
        let report = self.report;
        let officer = Signer { name: report.officer_name.clone(), position: report.officer_position.clone() };
        let signed_at = self.manuscript.signed_at(&report.signed_place, report.signed_date);
        let heading = self.of_regime("doc-lhp-signer-");
        let acknowledged = self.text("doc-lhp-acknowledged");
        self.manuscript.signatures(&[
            SignaturePlace {
                side: Side::Right,
                field: "petugas",
                above: vec![signed_at, heading],
                signer: &officer,
                below: &officer.position,
            },
            SignaturePlace {
                side: Side::Left,
                field: "ketua",
                above: vec![acknowledged, chair.position.clone()],
                signer: chair,
                below: "",
            },
        ]);
    }

    fn documentation(&mut self, photos: &[Photo]) {
        if photos.is_empty() {
            return;
        }
        let heading = self.text("doc-lhp-photos");
        self.manuscript.heading(Role::Heading, &heading, BODY.bold().align(Align::Centre), 26.0);
        self.manuscript.photos(photos);
    }
}

/// Where the text of a section begins, from the left margin.
const SECTION_TEXT: f32 = 24.0;

fn day(date: Option<Date>) -> String {
    date.map(calendar::weekday_date).unwrap_or_default()
}

fn clock(time: Time) -> String {
    calendar::clock(time, IndonesianZone::Wit)
}

fn joined(texts: &[String]) -> String {
    texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}

/// `a.` to `z.`, then numbers.
fn letter(at: usize) -> String {
    match u8::try_from(at) {
        Ok(at) if at < 26 => format!("{}.", char::from(b'a' + at)),
        _ => format!("{}.", at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use arumbae_domain::Paper;

    fn described(input: &SupervisionReportInput<'_>) -> String {
        let (mut manuscript, title) = write(input).unwrap();
        let (doc, _) = manuscript.lay_out(title.clone(), b"{}".to_vec(), input.imprint);
        format!("{title}\n{}", doc.describe())
    }

    #[test]
    fn a_full_report() {
        let input = SupervisionReportInput {
            report: &fixtures::report(),
            photos: &fixtures::photos(),
            chair: &fixtures::chair(),
            imprint: &fixtures::imprint(Paper::A4, true),
        };
        insta::assert_snapshot!(described(&input));
    }

    #[test]
    fn an_empty_report() {
        let report = SupervisionReport { officer_name: "Contoh 😀".into(), ..SupervisionReport::default() };
        let input = SupervisionReportInput {
            report: &report,
            photos: &[],
            chair: &Signer::default(),
            imprint: &fixtures::imprint(Paper::F4, false),
        };
        insta::assert_snapshot!(described(&input));
        assert_eq!(render(&input).unwrap().missing_glyphs, ['😀']);
    }

    #[test]
    fn a_dispute_and_a_narrative_over_pages() {
        let report = SupervisionReport {
            regime: Some(ElectionRegime::General),
            has_potential_dispute: Some(true),
            dispute_participant: "Contoh Partai".into(),
            dispute_date: Some(jiff::civil::date(2024, 2, 14)),
            dispute_summary: fixtures::narrative(15),
            ..SupervisionReport::default()
        };
        let input = SupervisionReportInput {
            report: &report,
            photos: &[],
            chair: &fixtures::chair(),
            imprint: &fixtures::imprint(Paper::A4, false),
        };
        insta::assert_snapshot!(described(&input));
    }
}
