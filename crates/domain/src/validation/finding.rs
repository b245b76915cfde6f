//! Completeness of a temuan, with the formal and material requirements of Perbawaslu 7/2022 Pasal 15.
//!
//! That it is decided on in time is a formal requirement too; [`crate::deadline`] tells, since the days are data.

use super::attendee::staff_number;
use super::checklist::{Checklist, Filled};
use super::{Context, Problem, Severity};
use crate::records::{CrucialIssue, Finding, ReportedPerson, StaffGroup, ViolationClass};
use crate::schema::{Record, RecordKind};

const FORMAL: &str = "problem-required-formal";
const MATERIAL: &str = "problem-required-material";

/// Everything missing or wrong in a temuan.
pub fn validate_finding(finding: &Finding, context: &Context<'_>) -> Vec<Problem> {
    let mut list = Checklist::new(Finding::DEFINITION.kind, context);
    list.section("finder");
    list.required("regime", &finding.regime);
    list.filled(Severity::Warning, "number", "problem-number-missing", &finding.number);
    list.filled(Severity::Hint, "source_report", "problem-no-source-report", &finding.source_report);
    list.filled(Severity::Error, "finder_name", FORMAL, &finding.finder_name);
    list.required("finder_position", &finding.finder_position);
    list.filled(Severity::Error, "finder_address", FORMAL, &finding.finder_address);

    list.section("reported");
    if finding.reported_persons.is_empty() {
        list.error("reported_persons", "problem-no-reported-person");
    }
    list.each("reported_persons", RecordKind::ReportedPerson, &finding.reported_persons, reported_person);

    event(&mut list, finding);

    list.section("witnesses");
    list.witnesses(&finding.witnesses);
    list.section("evidence");
    if finding.evidence.is_empty() {
        list.error("evidence", "problem-no-evidence-material");
    }
    list.evidence(&finding.evidence, &finding.attachments);
    list.section("summary");
    list.narrative("summary", &finding.summary, MATERIAL);
    list.section("signature");
    list.signature(&finding.signed_place, finding.signed_date, finding.known_date);
    list.finish()
}

fn reported_person(list: &mut Checklist<'_>, person: &ReportedPerson) {
    list.filled(Severity::Error, "name", FORMAL, &person.name);
    list.filled(Severity::Error, "address", FORMAL, &person.address);
    list.expected("staff_group", &person.staff_group);
    let official = person.staff_group.as_ref().is_some_and(|group| *group != StaffGroup::Public);
    if official {
        list.expected("position", &person.position);
        list.expected("agency", &person.agency);
    }
    let has_nip = matches!(person.staff_group, Some(StaffGroup::Pns | StaffGroup::Pppk));
    if has_nip && !person.staff_number.is_filled() {
        list.hint("staff_number", "problem-staff-number-blank");
    }
    staff_number(list, &person.staff_number, person.staff_group.as_ref(), None);
}

fn event(list: &mut Checklist<'_>, finding: &Finding) {
    list.section("event");
    list.filled(Severity::Error, "event", MATERIAL, &finding.event);
    list.filled(Severity::Error, "event_place", MATERIAL, &finding.event_place);
    list.filled(Severity::Error, "event_date", MATERIAL, &finding.event_date);
    list.happened("event_date", finding.event_date);
    list.filled(Severity::Hint, "event_time", "problem-expected", &finding.event_time);
    list.filled(Severity::Error, "known_date", "problem-known-date-missing", &finding.known_date);
    list.happened("known_date", finding.known_date);
    if finding.event_date.zip(finding.known_date).is_some_and(|(happened, known)| known < happened) {
        list.error("known_date", "problem-known-before-event");
    }
    list.region(finding.region.as_ref());
    if finding.violation_classes.is_empty() {
        list.warning("violation_classes", "problem-choose");
    }
    if finding.issues.is_empty() {
        list.hint("issues", "problem-choose");
    }
    let neutrality = finding.issues.contains(&CrucialIssue::CivilServantNeutrality)
        || finding.violation_classes.contains(&ViolationClass::OtherLaw);
    if neutrality && finding.candidate_determined.is_none() {
        list.warning("candidate_determined", "problem-candidate-determined-missing");
    }
}
