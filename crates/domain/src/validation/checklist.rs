//! Collects problems while a form is gone through from top to bottom.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use super::{Context, Problem, Severity};
use crate::records::{Attachment, EvidenceItem, Witness};
use crate::region::RegionCode;
use crate::schema::{Narrative, RecordKind};

/// Shorter narratives hardly tell what was seen, by whom, where and when.
const SHORT_NARRATIVE: usize = 100;

/// Anything older was probably mistyped.
const OLD_YEARS: i16 = 6;

/// The problems found so far, and where in the form the check stands.
pub(super) struct Checklist<'a> {
    pub(super) context: Context<'a>,
    kind: RecordKind,
    path: String,
    section: &'static str,
    problems: Vec<Problem>,
}

/// Arguments of a message.
pub(super) type Args<'a> = &'a [(&'a str, String)];

impl<'a> Checklist<'a> {
    pub(super) fn new(kind: RecordKind, context: &Context<'a>) -> Self {
        Checklist { context: *context, kind, path: String::new(), section: "", problems: Vec::new() }
    }

    pub(super) fn finish(self) -> Vec<Problem> {
        self.problems
    }

    /// Goes on to the next part of the form.
    pub(super) fn section(&mut self, section: &'static str) {
        self.section = section;
    }

    /// Goes through a list, each child in turn.
    pub(super) fn each<T>(
        &mut self,
        list: &str,
        kind: RecordKind,
        children: &[T],
        mut check: impl FnMut(&mut Self, &T),
    ) {
        let (outer_kind, outer_path) = (self.kind, self.path.clone());
        for (at, child) in children.iter().enumerate() {
            self.kind = kind;
            self.path = format!("{outer_path}{list}[{at}].");
            check(self, child);
        }
        (self.kind, self.path) = (outer_kind, outer_path);
    }

    pub(super) fn report(&mut self, severity: Severity, field: &str, message: &str, args: Args<'_>) {
        debug_assert!(
            self.kind.definition().fields.iter().any(|known| known.name == field),
            "{} has no field {field}",
            self.kind.name()
        );
        self.problems.push(Problem {
            field: format!("{}{field}", self.path),
            label: format!("field-{}-{field}", self.kind.name()),
            message: message.to_owned(),
            args: args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<BTreeMap<_, _>>(),
            severity,
            section: self.section.to_owned(),
        });
    }

    pub(super) fn error(&mut self, field: &str, message: &str) {
        self.report(Severity::Error, field, message, &[]);
    }

    pub(super) fn warning(&mut self, field: &str, message: &str) {
        self.report(Severity::Warning, field, message, &[]);
    }

    pub(super) fn hint(&mut self, field: &str, message: &str) {
        self.report(Severity::Hint, field, message, &[]);
    }

    /// The field must be filled in.
    pub(super) fn required(&mut self, field: &str, value: &impl Filled) {
        self.filled(Severity::Error, field, "problem-required", value);
    }

    /// The field should be filled in.
    pub(super) fn expected(&mut self, field: &str, value: &impl Filled) {
        self.filled(Severity::Warning, field, "problem-expected", value);
    }

    /// The field must or should be filled in, with a message of its own.
    pub(super) fn filled(&mut self, severity: Severity, field: &str, message: &str, value: &impl Filled) {
        if !value.is_filled() {
            self.report(severity, field, message, &[]);
        }
    }

    /// A narrative must be there and should say enough.
    pub(super) fn narrative(&mut self, field: &str, text: &str, message: &str) {
        let length = text.trim().chars().count();
        if length == 0 {
            self.error(field, message);
        } else if length < SHORT_NARRATIVE {
            self.warning(field, "problem-narrative-short");
        }
    }

    /// Something happened on this date, so it is neither in the future nor long ago.
    pub(super) fn happened(&mut self, field: &str, date: Option<Date>) {
        let Some(date) = date else { return };
        if date > self.context.today {
            self.error(field, "problem-date-future");
        } else if self.context.today.year() - date.year() >= OLD_YEARS {
            self.report(Severity::Warning, field, "problem-date-old", &[("year", date.year().to_string())]);
        }
    }

    /// An end before its beginning: a slip, or an activity that went past midnight.
    pub(super) fn in_order(&mut self, field: &str, from: Option<Time>, until: Option<Time>) {
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            self.warning(field, "problem-time-order");
        }
    }

    /// The region should be given and known. Codes change, so an unknown one is no error.
    pub(super) fn region(&mut self, region: Option<&RegionCode>) {
        match region {
            None => self.warning("region", "problem-expected"),
            Some(code) if self.context.regions.get(code).is_none() => {
                let edition = self.context.regions.version().edition.clone();
                let args = [("code", code.to_string()), ("edition", edition)];
                self.report(Severity::Warning, "region", "problem-region-unknown", &args);
            }
            Some(code) if code.depth() < 3 => self.hint("region", "problem-region-wide"),
            Some(_) => {}
        }
    }

    pub(super) fn witnesses(&mut self, witnesses: &[Witness]) {
        if witnesses.is_empty() {
            self.warning("witnesses", "problem-no-witness");
        }
        self.each("witnesses", RecordKind::Witness, witnesses, |list, witness| {
            list.required("name", &witness.name);
            list.expected("address", &witness.address);
        });
    }

    pub(super) fn evidence(&mut self, evidence: &[EvidenceItem], attachments: &[Attachment]) {
        self.each("evidence", RecordKind::EvidenceItem, evidence, |list, item| {
            list.required("class", &item.class);
            list.required("description", &item.description);
            let named = item.attachment;
            if named.is_some_and(|id| attachments.iter().all(|attachment| attachment.id != id)) {
                list.warning("attachment", "problem-evidence-file-gone");
            }
        });
    }

    pub(super) fn attachments(&mut self, attachments: &[Attachment]) {
        if attachments.is_empty() {
            self.warning("attachments", "problem-no-photo");
        }
        self.each("attachments", RecordKind::Attachment, attachments, |list, attachment| {
            list.filled(Severity::Error, "blob", "problem-attachment-without-file", &attachment.blob);
            list.expected("caption", &attachment.caption);
        });
    }

    /// Place and date of the signature line; a document is not signed before what it tells has happened.
    pub(super) fn signature(&mut self, place: &str, date: Option<Date>, told: Option<Date>) {
        self.required("signed_place", &place);
        self.required("signed_date", &date);
        self.happened("signed_date", date);
        if date.zip(told).is_some_and(|(date, told)| date < told) {
            self.error("signed_date", "problem-signed-too-early");
        }
    }
}

/// A value that can be left blank in a form.
pub(super) trait Filled {
    /// Whether there is anything in it.
    fn is_filled(&self) -> bool;
}

impl Filled for String {
    fn is_filled(&self) -> bool {
        !self.trim().is_empty()
    }
}

impl Filled for &str {
    fn is_filled(&self) -> bool {
        !self.trim().is_empty()
    }
}

impl Filled for Narrative {
    fn is_filled(&self) -> bool {
        !self.trim().is_empty()
    }
}

impl<T> Filled for Option<T> {
    fn is_filled(&self) -> bool {
        self.is_some()
    }
}
