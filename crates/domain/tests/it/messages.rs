//! Everything the domain names has a message in both languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use arumbae_domain::schema::{RecordKind, reserved};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The message keys of a catalogue file.
fn keys(language: &str, file: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(repository().join("assets/messages").join(language).join(file)).unwrap();
    let key = |line: &str| line.split_once(" =").map(|(key, _)| key.to_owned());
    text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic())).filter_map(key).collect()
}

/// The sources of a folder and of those below it, without their tests.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs") {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

/// The string literals in a source that begin with `prefix`.
fn literals<'a>(source: &'a str, prefix: &'a str) -> impl Iterator<Item = String> + 'a {
    let is_key = move |text: &&str| {
        text.starts_with(prefix) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    source.split('"').skip(1).step_by(2).filter(is_key).map(str::to_owned)
}

/// `StaffGroup` is `staff_group` in message keys.
fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// The choices declared in the sources, as message keys.
fn choices() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for source in sources(&repository().join("crates/domain/src/records")) {
        for declared in source.split("choice! {").skip(1) {
            let body = declared.split("\n}").next().unwrap();
            let name = body.split("pub enum ").nth(1).unwrap().split_whitespace().next().unwrap();
            let codes = body.split(" = \"").skip(1).map(|rest| rest.split('"').next().unwrap());
            keys.extend(codes.map(|code| format!("choice-{}-{code}", snake_case(name))));
        }
    }
    keys
}

#[track_caller]
fn check_present(file: &str, wanted: &BTreeSet<String>) {
    for language in ["id", "en"] {
        let known = keys(language, file);
        let missing: Vec<&String> = wanted.difference(&known).collect();
        assert!(missing.is_empty(), "assets/messages/{language}/{file} lacks {missing:#?}");
    }
}

#[test]
fn every_kind_field_and_choice_has_a_name() {
    let mut wanted = choices();
    assert!(wanted.contains("choice-staff_group-pns"), "the choices are found in the sources: {wanted:?}");
    for kind in RecordKind::ALL {
        wanted.insert(format!("kind-{}", kind.name()));
        wanted.extend(kind.definition().fields.iter().map(|field| format!("field-{}-{}", kind.name(), field.name)));
        if kind.is_top_level() {
            let scope = kind.definition().name_of(reserved::SCOPE).expect("moving it is a change like others");
            wanted.insert(format!("field-{}-{scope}", kind.name()));
        }
    }
    check_present("fields.ftl", &wanted);
}

#[test]
fn every_problem_and_reason_has_a_text() {
    let sources = sources(&repository().join("crates/domain/src"));
    let all = |prefix: &str| sources.iter().flat_map(|source| literals(source, prefix).collect::<Vec<_>>()).collect();
    let problems: BTreeSet<String> = all("problem-");
    let reasons: BTreeSet<String> = all("attendance-");
    assert!(problems.len() > 30 && reasons.len() > 30, "the keys are found in the sources");
    check_present("problems.ftl", &problems);
    check_present("attendance.ftl", &reasons);
    // And the other way round: a text nothing can show is a mistake too.
    let unused: Vec<String> = keys("id", "problems.ftl").difference(&problems).cloned().collect();
    assert!(unused.is_empty(), "nothing shows {unused:?}");
}

#[test]
fn both_languages_have_the_same_messages() {
    for file in ["fields.ftl", "problems.ftl", "attendance.ftl"] {
        assert_eq!(keys("id", file), keys("en", file), "{file}");
    }
}

#[test]
fn every_section_has_a_name() {
    let mut wanted = BTreeSet::new();
    for (record, file) in [
        ("supervision_report", "supervision_report.rs"),
        ("finding", "finding.rs"),
        ("outreach_event", "outreach_event.rs"),
        ("attendee", "attendee.rs"),
    ] {
        let source = fs::read_to_string(repository().join("crates/domain/src/validation").join(file)).unwrap();
        let sections = source.split(".section(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        wanted.extend(sections.map(|section| format!("section-{record}-{section}")));
    }
    assert!(wanted.len() > 15, "the sections are found in the sources: {wanted:?}");
    check_present("fields.ftl", &wanted);
}
