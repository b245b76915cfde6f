//! The shipped deadline rules and holidays.

use arumbae_domain::deadline::{
    DayCounting, Deadline, DeadlineRules, DeadlineStep, Holidays, RuleFileError, Urgency, finding_deadline,
};
use arumbae_domain::{ElectionRegime, Finding};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

const RULES: &str = include_str!("../../../../assets/rules/deadlines.toml");
const HOLIDAYS: &str = include_str!("../../../../assets/rules/holidays.toml");

fn deadline(regime: ElectionRegime, known: Date) -> Deadline {
    let finding = Finding { regime: Some(regime), known_date: Some(known), ..Finding::default() };
    let (rules, holidays) = (DeadlineRules::parse(RULES).unwrap(), Holidays::parse(HOLIDAYS).unwrap());
    finding_deadline(&finding, &rules, &holidays).unwrap()
}

#[track_caller]
fn check_due(regime: ElectionRegime, known: Date, due: Date) {
    assert_eq!(deadline(regime.clone(), known).due, due, "{regime:?}, known on {known}");
}

#[test]
fn seven_days_by_the_law_of_the_election() {
    // Friday before the election day: Saturday, Sunday, and Wednesday 14 February do not count.
    check_due(ElectionRegime::General, date(2024, 2, 9), date(2024, 2, 21));
    check_due(ElectionRegime::Regional, date(2024, 9, 20), date(2024, 9, 27));
    // Over the end of a year, with the holidays of both.
    check_due(ElectionRegime::General, date(2024, 12, 24), date(2025, 1, 7));
    check_due(ElectionRegime::Regional, date(2024, 12, 28), date(2025, 1, 4));
}

#[test]
fn a_deadline_tells_the_rule_that_gave_it() {
    let told = serde_json::to_string_pretty(&deadline(ElectionRegime::General, date(2024, 12, 24))).unwrap();
    insta::assert_snapshot!(told);
}

#[test]
fn unknown_holidays_are_admitted() {
    assert!(deadline(ElectionRegime::General, date(2024, 12, 24)).holidays_known);
    assert!(!deadline(ElectionRegime::General, date(2029, 2, 14)).holidays_known, "2029 has not been decreed");
    assert!(deadline(ElectionRegime::Regional, date(2031, 2, 14)).holidays_known, "calendar days need no holidays");
}

#[test]
fn nothing_is_said_without_regime_or_date() {
    let (rules, holidays) = (DeadlineRules::parse(RULES).unwrap(), Holidays::parse(HOLIDAYS).unwrap());
    assert_eq!(finding_deadline(&Finding::default(), &rules, &holidays), None);
    let before_the_law = rules.rule(DeadlineStep::FindingDecided, &ElectionRegime::General, date(2017, 8, 15));
    assert_eq!(before_the_law, None, "a rule does not apply before its day");
}

#[test]
fn every_step_has_a_rule_under_both_laws() {
    let rules = DeadlineRules::parse(RULES).unwrap();
    for regime in [ElectionRegime::General, ElectionRegime::Regional] {
        for step in [
            DeadlineStep::FindingDecided,
            DeadlineStep::ReportLodged,
            DeadlineStep::FollowUp,
            DeadlineStep::FollowUpExtended,
        ] {
            let rule = rules.rule(step, &regime, date(2026, 1, 1));
            assert!(rule.is_some_and(|rule| !rule.source.is_empty() && !rule.basis.is_empty()), "{step:?} {regime:?}");
        }
    }
}

#[test]
fn rules_that_contradict_each_other_are_refused() {
    let rule = RULES.split("[[rule]]").nth(1).unwrap();
    let twice = format!("edition = \"2026-01-01\"\n[[rule]]{rule}\n[[rule]]{rule}");
    assert!(matches!(DeadlineRules::parse(&twice), Err(RuleFileError::Overlap { .. })));
    assert!(matches!(DeadlineRules::parse("edition = 1"), Err(RuleFileError::Malformed(_))));
}

#[test]
fn urgency_counts_calendar_days() {
    let due = deadline(ElectionRegime::Regional, date(2024, 9, 20));
    for (today, urgency) in [
        (date(2024, 9, 20), Urgency::Later { days: 7 }),
        (date(2024, 9, 25), Urgency::Soon { days: 2 }),
        (date(2024, 9, 27), Urgency::Today),
        (date(2024, 10, 4), Urgency::Overdue { days: 7 }),
    ] {
        assert_eq!(due.urgency(today), urgency, "on {today}");
    }
}

fn any_day() -> impl Strategy<Value = Date> {
    (0i32..3650).prop_map(|days| date(2020, 6, 1).checked_add(days.days()).unwrap())
}

/// Days close to the turn of a year, where tables of holidays end.
fn near_new_year() -> impl Strategy<Value = Date> {
    (2021i16..2030, -20i32..20).prop_map(|(year, days)| date(year, 1, 1).checked_add(days.days()).unwrap())
}

proptest! {
    #[test]
    fn a_deadline_has_exactly_its_days(from in prop_oneof![any_day(), near_new_year()], regional in any::<bool>()) {
        let regime = if regional { ElectionRegime::Regional } else { ElectionRegime::General };
        let holidays = Holidays::parse(HOLIDAYS).unwrap();
        let deadline = deadline(regime, from);
        let counts = |day: Date| deadline.counting == DayCounting::Calendar || !holidays.is_day_off(day);
        let span = (deadline.due - from).get_days();
        let counted = (1..=span).filter(|days| counts(from.checked_add(days.days()).unwrap())).count();
        prop_assert_eq!(counted, usize::from(deadline.days), "days that count after {} up to {}", from, deadline.due);
        prop_assert!(counts(deadline.due), "the last day is one that counts");
    }

    #[test]
    fn knowing_later_never_makes_a_deadline_earlier(from in near_new_year(), regional in any::<bool>()) {
        let regime = if regional { ElectionRegime::Regional } else { ElectionRegime::General };
        let next = deadline(regime.clone(), from.tomorrow().unwrap());
        prop_assert!(deadline(regime, from).due <= next.due);
    }
}
