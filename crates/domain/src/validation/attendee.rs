//! A row of an attendance list.

use super::checklist::{Checklist, Filled};
use super::{Context, Problem, Severity};
use crate::records::{Attendee, Sex, StaffGroup};
use crate::schema::Record;
use crate::staff_number::{self, StaffNumberDoubt};

/// Everything missing or wrong in a row of an attendance list.
pub fn validate_attendee(attendee: &Attendee, context: &Context<'_>) -> Vec<Problem> {
    let mut list = Checklist::new(Attendee::DEFINITION.kind, context);
    list.section("attendance");
    essentials(&mut list, attendee);
    list.expected("agency", &attendee.agency);
    list.filled(Severity::Hint, "sex", "problem-expected", &attendee.sex);
    list.finish()
}

/// What is wrong with a row whatever else it lacks.
pub(super) fn essentials(list: &mut Checklist<'_>, attendee: &Attendee) {
    list.required("name", &attendee.name);
    staff_number(list, &attendee.staff_number, attendee.staff_group.as_ref(), attendee.sex.as_ref());
    let digits = attendee.phone.chars().filter(char::is_ascii_digit).count();
    if attendee.phone.is_filled() && !(8..=15).contains(&digits) {
        list.warning("phone", "problem-phone");
    }
    if attendee.email.is_filled() && !attendee.email.trim().contains('@') {
        list.warning("email", "problem-email");
    }
    if attendee.minutes_present.is_some_and(|minutes| minutes < 0) {
        list.error("minutes_present", "problem-negative");
    }
}

/// What looks wrong about a staff number: always warnings, since local practice varies.
pub(super) fn staff_number(list: &mut Checklist<'_>, text: &str, group: Option<&StaffGroup>, sex: Option<&Sex>) {
    let reading = staff_number::read(text, group, list.context.today);
    for doubt in &reading.doubts {
        let digits = match doubt {
            StaffNumberDoubt::Length { digits } => vec![("digits", digits.to_string())],
            _ => vec![],
        };
        list.report(Severity::Warning, "staff_number", doubt.message(), &digits);
    }
    if sex.zip(reading.number.sex()).is_some_and(|(said, read)| said != read) {
        list.hint("staff_number", "problem-staff-number-other-sex");
    }
}
