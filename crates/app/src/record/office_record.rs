//! What the program does alike for every kind of record that officers write.

use arumbae_domain::deadline::finding_deadline;
use arumbae_domain::schema::{Document, Record, RecordId, RecordKind};
use arumbae_domain::validation::{
    Context, Problem, Severity, validate_finding, validate_outreach_event, validate_supervision_report,
};
use arumbae_domain::{Finding, OutreachEvent, SupervisionReport};
use jiff::civil::Date;

use crate::record::DeadlineNotice;
use crate::reference;

/// A record with a form of its own.
pub(crate) trait OfficeRecord: Record + Clone + Send + 'static {
    /// Every problem as it stands on the screen.
    fn problems(&self, today: Date) -> Vec<Problem>;

    /// The deadline it gives, if its kind has any.
    fn deadline(&self, _today: Date) -> Option<DeadlineNotice> {
        None
    }

    /// Takes out the parts that are edited on a screen of their own, so that the form neither shows nor removes them.
    fn without_separate_parts(self) -> Self {
        self
    }
}

fn context(today: Date) -> Context<'static> {
    Context { today, regions: reference::regions() }
}

impl OfficeRecord for SupervisionReport {
    fn problems(&self, today: Date) -> Vec<Problem> {
        validate_supervision_report(self, &context(today))
    }
}

impl OfficeRecord for Finding {
    fn problems(&self, today: Date) -> Vec<Problem> {
        validate_finding(self, &context(today))
    }

    fn deadline(&self, today: Date) -> Option<DeadlineNotice> {
        let deadline = finding_deadline(self, reference::deadline_rules(), reference::holidays())?;
        let urgency = deadline.urgency(today);
        Some(DeadlineNotice { deadline, urgency })
    }
}

impl OfficeRecord for OutreachEvent {
    fn problems(&self, today: Date) -> Vec<Problem> {
        validate_outreach_event(self, &context(today))
    }

    fn without_separate_parts(mut self) -> Self {
        self.attendees.clear();
        self
    }
}

/// The record with an id, whatever else it holds.
pub(crate) fn with_id<R: Record>(id: RecordId) -> R {
    R::from_document(&Document::new(R::DEFINITION.kind, id))
}

/// How many problems forbid submitting the record.
pub(crate) fn count_errors(document: &Document, today: Date) -> usize {
    fn errors<R: OfficeRecord>(document: &Document, today: Date) -> usize {
        let problems = R::from_document(document).problems(today);
        problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }
    match document.kind {
        RecordKind::SupervisionReport => errors::<SupervisionReport>(document, today),
        RecordKind::Finding => errors::<Finding>(document, today),
        RecordKind::OutreachEvent => errors::<OutreachEvent>(document, today),
        _ => 0,
    }
}
