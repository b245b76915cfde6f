//! Completeness of a kegiatan sosialisasi, as its report and the prevention form want it.

use super::attendee;
use super::checklist::{Checklist, Filled};
use super::{Context, Problem, Severity};
use crate::records::{EventMode, OutreachEvent};
use crate::schema::{Record, RecordKind};

/// Everything missing or wrong in a kegiatan, its attendance included.
pub fn validate_outreach_event(event: &OutreachEvent, context: &Context<'_>) -> Vec<Problem> {
    let mut list = Checklist::new(OutreachEvent::DEFINITION.kind, context);
    what_and_when(&mut list, event);
    where_held(&mut list, event);

    list.section("content");
    list.expected("intent", &event.intent);
    list.required("purpose", &event.purpose);
    if event.issues.is_empty() {
        list.warning("issues", "problem-no-issue");
    }

    list.section("speakers");
    if event.speakers.is_empty() {
        list.warning("speakers", "problem-no-speaker");
    }
    list.each("speakers", RecordKind::Speaker, &event.speakers, |list, speaker| {
        list.required("name", &speaker.name);
        list.expected("agency", &speaker.agency);
        list.expected("topic", &speaker.topic);
    });

    list.section("agencies");
    list.each("invited_agencies", RecordKind::InvitedAgency, &event.invited_agencies, |list, agency| {
        list.required("name", &agency.name);
        if agency.invited_count.is_some_and(|count| count < 0) {
            list.error("invited_count", "problem-negative");
        }
    });

    attendance(&mut list, event);

    list.section("outcome");
    list.expected("outcome", &event.outcome);
    list.filled(Severity::Hint, "recommendation", "problem-expected", &event.recommendation);
    list.section("documentation");
    list.attachments(&event.attachments);
    list.finish()
}

fn what_and_when(list: &mut Checklist<'_>, event: &OutreachEvent) {
    list.section("event");
    list.required("title", &event.title);
    list.required("form", &event.form);
    list.expected("regime", &event.regime);
    list.expected("basis_letter", &event.basis_letter);
    list.required("organiser", &event.organiser);
    list.required("date", &event.date);
    // A planned event is not wrong; one that people already attended is.
    if event.date.is_some_and(|date| date > list.context.today) && !event.attendees.is_empty() {
        list.warning("date", "problem-event-not-yet-held");
    }
    list.required("starts_at", &event.starts_at);
    list.expected("ends_at", &event.ends_at);
    list.in_order("ends_at", event.starts_at, event.ends_at);
}

fn where_held(list: &mut Checklist<'_>, event: &OutreachEvent) {
    list.section("place");
    list.required("mode", &event.mode);
    if !matches!(event.mode, Some(EventMode::Online)) {
        list.required("place", &event.place);
        list.region(event.region.as_ref());
    }
    if matches!(event.mode, Some(EventMode::Online | EventMode::Hybrid)) {
        list.expected("link", &event.link);
    }
    if event.link.is_filled() && !event.link.trim().starts_with("http") {
        list.hint("link", "problem-link");
    }
}

fn attendance(list: &mut Checklist<'_>, event: &OutreachEvent) {
    list.section("attendance");
    if event.attendees.is_empty() {
        list.warning("attendees", "problem-no-attendee");
    }
    // What hundreds of rows may lack is said once, with the number of rows.
    let without =
        |lacking: fn(&crate::records::Attendee) -> bool| event.attendees.iter().filter(|a| lacking(a)).count();
    let gaps = [
        (without(|attendee| !attendee.agency.is_filled()), "problem-attendees-without-agency"),
        (without(|attendee| attendee.sex.is_none()), "problem-attendees-without-sex"),
    ];
    for (count, message) in gaps {
        if count > 0 {
            list.report(Severity::Hint, "attendees", message, &[("count", count.to_string())]);
        }
    }
    list.each("attendees", RecordKind::Attendee, &event.attendees, attendee::essentials);
}
