use jiff::civil::date;

use super::*;
use crate::records::*;
use crate::region_table::{RegionFiles, RegionTable};

fn regions() -> RegionTable {
    RegionTable::parse(&RegionFiles {
        version: "edition = \"uji\"\nretrieved = \"2024-01-01\"\nsource = \"uji\"",
        provinces: "code,name\n81,Maluku\n",
        regencies: "code,province_code,name\n81.71,81,Kota Ambon\n",
        districts: "code,regency_code,name\n81.71.02,81.71,Sirimau\n",
        villages: "code,district_code,name\n81.71.02.1001,81.71.02,Honipopu\n",
    })
    .unwrap()
}

/// One line per problem: severity, section, path, message, arguments.
fn listed(problems: &[Problem]) -> String {
    let line = |problem: &Problem| {
        let args: Vec<String> = problem.args.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{:?} {} {} {}{}\n", problem.severity, problem.section, problem.field, problem.message, args.concat())
    };
    problems.iter().map(line).collect()
}

fn with_context<T>(check: impl FnOnce(&Context<'_>) -> T) -> T {
    check(&Context { today: date(2024, 9, 21), regions: &regions() })
}

#[test]
fn an_empty_report_lists_everything_at_once() {
    let problems = with_context(|context| validate_supervision_report(&SupervisionReport::default(), context));
    insta::assert_snapshot!(listed(&problems));
}

#[test]
fn a_report_with_slips_names_each_by_its_path() {
    let report = SupervisionReport {
        region: Some("81.71.99".parse().unwrap()),
        activities: vec![
            SupervisionActivity { date: Some(date(2024, 9, 20)), ..Default::default() },
            SupervisionActivity {
                date: Some(date(2024, 9, 22)),
                starts_at: Some(jiff::civil::time(11, 0, 0, 0)),
                ends_at: Some(jiff::civil::time(9, 0, 0, 0)),
                ..Default::default()
            },
        ],
        findings_summary: "Terlalu singkat.".into(),
        has_alleged_violation: Some(true),
        witnesses: vec![Witness { name: "Contoh".into(), ..Default::default() }, Witness::default()],
        evidence: vec![EvidenceItem { attachment: Some(Default::default()), ..Default::default() }],
        has_potential_dispute: Some(false),
        dispute_summary: "Ada isinya.".into(),
        signed_date: Some(date(2024, 9, 19)),
        ..Default::default()
    };
    insta::assert_snapshot!(listed(&with_context(|context| validate_supervision_report(&report, context))));
}

#[test]
fn a_finding_names_its_formal_and_material_gaps() {
    let finding = Finding {
        reported_persons: vec![ReportedPerson {
            staff_group: Some(StaffGroup::Pns),
            staff_number: "19870312201001100".into(),
            ..Default::default()
        }],
        event_date: Some(date(2024, 9, 20)),
        known_date: Some(date(2024, 9, 18)),
        issues: [CrucialIssue::CivilServantNeutrality].into(),
        region: Some("81.71".parse().unwrap()),
        ..Default::default()
    };
    insta::assert_snapshot!(listed(&with_context(|context| validate_finding(&finding, context))));
}

#[test]
fn an_event_says_once_what_many_attendees_lack() {
    let attendee = |name: &str| Attendee { name: name.into(), ..Default::default() };
    let event = OutreachEvent {
        mode: Some(EventMode::Hybrid),
        link: "zoom".into(),
        date: Some(date(2024, 9, 30)),
        attendees: vec![
            attendee("Contoh Satu"),
            attendee(""),
            Attendee { phone: "123".into(), email: "tanpa-at".into(), minutes_present: Some(-1), ..attendee("Contoh") },
        ],
        ..Default::default()
    };
    insta::assert_snapshot!(listed(&with_context(|context| validate_outreach_event(&event, context))));
}

#[test]
fn a_complete_finding_has_no_problem() {
    let words = "Pada hari Jumat pukul 10.00 WIT terlapor hadir di panggung kampanye dan menyampaikan ajakan memilih.";
    let finding = Finding {
        regime: Some(ElectionRegime::Regional),
        number: "01/TM/PB/Kec. Sirimau/31.71/IX/2024".into(),
        source_report: Some(Default::default()),
        finder_name: "Contoh Pengawas".into(),
        finder_position: "Anggota Panwascam".into(),
        finder_address: "Jalan Contoh 1".into(),
        reported_persons: vec![ReportedPerson {
            name: "Contoh Terlapor".into(),
            address: "Jalan Contoh 2".into(),
            staff_group: Some(StaffGroup::Pppk),
            staff_number: "198703122023211004".into(),
            position: "Guru".into(),
            agency: "SMP Contoh".into(),
            ..Default::default()
        }],
        event: "Hadir di kampanye".into(),
        event_place: "Lapangan Contoh".into(),
        event_date: Some(date(2024, 9, 20)),
        event_time: Some(jiff::civil::time(10, 0, 0, 0)),
        known_date: Some(date(2024, 9, 20)),
        violation_classes: [ViolationClass::OtherLaw].into(),
        issues: [CrucialIssue::CivilServantNeutrality].into(),
        candidate_determined: Some(true),
        witnesses: vec![Witness { name: "Saksi".into(), address: "Jalan Contoh 3".into(), ..Default::default() }],
        evidence: vec![EvidenceItem {
            class: Some(EvidenceClass::Proof),
            description: "Foto".into(),
            ..Default::default()
        }],
        summary: words.into(),
        signed_place: "Ambon".into(),
        signed_date: Some(date(2024, 9, 21)),
        region: Some("81.71.02".parse().unwrap()),
        ..Default::default()
    };
    let problems = with_context(|context| validate_finding(&finding, context));
    assert!(problems.is_empty(), "a complete temuan must be accepted as it is:\n{}", listed(&problems));
}
