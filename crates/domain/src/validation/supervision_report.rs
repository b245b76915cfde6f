//! Completeness of an LHP, sections I to V. Incomplete ones are what fails before the Constitutional Court.

use super::checklist::{Checklist, Filled};
use super::{Context, Problem, Severity};
use crate::records::SupervisionReport;
use crate::schema::{Record, RecordKind};

/// Form A has room for one to four photos.
const MOST_PHOTOS: usize = 4;

/// Everything missing or wrong in an LHP.
pub fn validate_supervision_report(report: &SupervisionReport, context: &Context<'_>) -> Vec<Problem> {
    let mut list = Checklist::new(SupervisionReport::DEFINITION.kind, context);
    supervisor(&mut list, report);
    activities(&mut list, report);
    list.section("iii");
    list.narrative("findings_summary", &report.findings_summary, "problem-required");
    violation(&mut list, report);
    dispute(&mut list, report);

    list.section("signature");
    let last_activity = report.activities.iter().filter_map(|activity| activity.date).max();
    list.signature(&report.signed_place, report.signed_date, last_activity);
    list.section("documentation");
    list.attachments(&report.attachments);
    if report.attachments.len() > MOST_PHOTOS {
        list.report(Severity::Hint, "attachments", "problem-many-photos", &[("most", MOST_PHOTOS.to_string())]);
    }
    list.finish()
}

fn supervisor(list: &mut Checklist<'_>, report: &SupervisionReport) {
    list.section("i");
    list.required("regime", &report.regime);
    list.filled(Severity::Warning, "number", "problem-number-missing", &report.number);
    list.region(report.region.as_ref());
    list.required("stage", &report.stage);
    list.required("officer_name", &report.officer_name);
    list.required("officer_position", &report.officer_position);
    list.required("assignment_number", &report.assignment_number);
    list.required("officer_address", &report.officer_address);
}

fn activities(list: &mut Checklist<'_>, report: &SupervisionReport) {
    list.section("ii");
    if report.activities.is_empty() {
        list.error("activities", "problem-no-activity");
    }
    list.each("activities", RecordKind::SupervisionActivity, &report.activities, |list, activity| {
        list.required("form", &activity.form);
        list.required("purpose", &activity.purpose);
        list.required("target", &activity.target);
        list.required("date", &activity.date);
        list.happened("date", activity.date);
        list.required("starts_at", &activity.starts_at);
        list.expected("ends_at", &activity.ends_at);
        list.in_order("ends_at", activity.starts_at, activity.ends_at);
        list.required("place", &activity.place);
    });
}

fn violation(list: &mut Checklist<'_>, report: &SupervisionReport) {
    list.section("iv");
    match report.has_alleged_violation {
        None => list.error("has_alleged_violation", "problem-choose-there-is-or-not"),
        Some(false) => {
            let told = report.event.is_filled()
                || report.event_place.is_filled()
                || report.perpetrator_name.is_filled()
                || report.violation_summary.is_filled()
                || report.facts.is_filled()
                || report.analysis.is_filled()
                || !report.witnesses.is_empty()
                || !report.evidence.is_empty();
            if told {
                list.warning("has_alleged_violation", "problem-section-denied-but-filled");
            }
        }
        Some(true) => {
            list.required("event", &report.event);
            list.required("event_place", &report.event_place);
            list.required("event_date", &report.event_date);
            list.happened("event_date", report.event_date);
            list.expected("event_time", &report.event_time);
            list.filled(Severity::Error, "perpetrator_name", "problem-perpetrator-missing", &report.perpetrator_name);
            list.expected("perpetrator_address", &report.perpetrator_address);
            list.witnesses(&report.witnesses);
            if report.evidence.is_empty() {
                list.warning("evidence", "problem-no-evidence");
            }
            list.evidence(&report.evidence, &report.attachments);
            list.required("violation_summary", &report.violation_summary);
            list.required("facts", &report.facts);
            list.required("analysis", &report.analysis);
        }
    }
}

fn dispute(list: &mut Checklist<'_>, report: &SupervisionReport) {
    list.section("v");
    match report.has_potential_dispute {
        None => list.error("has_potential_dispute", "problem-choose-there-is-or-not"),
        Some(false) => {
            let told = report.dispute_participant.is_filled()
                || report.dispute_object_form.is_filled()
                || report.dispute_object_identity.is_filled()
                || report.dispute_summary.is_filled();
            if told {
                list.warning("has_potential_dispute", "problem-section-denied-but-filled");
            }
        }
        Some(true) => {
            list.required("dispute_participant", &report.dispute_participant);
            list.required("dispute_place", &report.dispute_place);
            list.required("dispute_date", &report.dispute_date);
            list.happened("dispute_date", report.dispute_date);
            list.required("dispute_object_form", &report.dispute_object_form);
            list.required("dispute_object_identity", &report.dispute_object_identity);
            list.required("dispute_object_issued", &report.dispute_object_issued);
            list.happened("dispute_object_issued", report.dispute_object_issued);
            list.required("dispute_direct_loss", &report.dispute_direct_loss);
            list.required("dispute_summary", &report.dispute_summary);
        }
    }
}
