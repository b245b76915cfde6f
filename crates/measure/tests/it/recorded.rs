//! Recorded work, authored anew.

use arumbae_domain::schema::{FieldNo, Value};
use arumbae_measure::merging::{compare, incoming};
use arumbae_measure::recorded::{LineError, RecordedWorkError, read};
use arumbae_measure::travelling::{Cut, travelling};
use arumbae_measure::{Work, concurrent_edits};
use arumbae_mergelog::Operation;

/// Two devices, two rounds: both edit field 4 of the first record in the second.
const WORK: &str = r#"{"round":1,"dev":0,"rec":"018d80000000700080000000000000a1","ms":1707174000000,"ops":[[0,"001"],[6,"Satu."],[8,-8.121170],[13,"2024-02-06"]],"seq":0}
{"round":1,"dev":1,"rec":"018d80000000700080000000000000a2","ms":1707174000500,"ops":[[0,"002"],[18,5]],"seq":0}
{"round":2,"dev":0,"rec":"018d80000000700080000000000000a1","ms":1707174600000,"ops":[[4,"sedang"],[6,"Satu. Dua."]],"seq":1}
{"round":2,"dev":1,"rec":"018d80000000700080000000000000a1","ms":1707174600500,"ops":[[4,"tinggi"]],"seq":1}
{"round":2,"dev":1,"rec":"018d80000000700080000000000000a2","ms":1707174601000,"ops":[[18,6]],"seq":2}
"#;

fn work() -> Work {
    read(WORK.as_bytes()).expect("recorded work")
}

#[test]
fn every_write_names_what_its_device_had_seen() {
    let work = work();
    assert_eq!((work.devices.len(), work.saves(), work.operations()), (2, 5, 10));
    let records = work.records();
    assert_eq!(concurrent_edits(&records), 1, "one field was written by both in one round");
    let (_, first) = records.first_key_value().expect("a record");
    assert_eq!(first.conflicts().map(|(field, _)| field).collect::<Vec<_>>(), [FieldNo(104)]);
    assert_eq!(*first.value(FieldNo(52)), Value::Text("Satu. Dua.".to_owned()), "the later revision superseded");
    assert_eq!(*first.value(FieldNo(108)), Value::Integer(-8_121_170));
    assert_eq!(*first.value(FieldNo(44)), Value::Date(jiff::civil::date(2024, 2, 6)));
    let revised = work.devices[0].saves[1].ops.iter().find(|op| matches!(op, Operation::Revise { .. }));
    assert!(matches!(revised, Some(Operation::Revise { base: Some(base), .. }) if base.seq == 1), "{revised:?}");
    assert_eq!(work.devices[1].saves[1].deps.len(), 1, "what was seen at the meeting is named once");
}

#[test]
fn compressed_work_is_the_same_work() {
    let packed = zstd::encode_all(WORK.as_bytes(), 3).expect("compressed");
    let (plain, again) = (work(), read(packed.as_slice()).expect("recorded work"));
    for (one, other) in plain.devices.iter().zip(&again.devices) {
        assert_eq!((&one.lane, &one.saves), (&other.lane, &other.saves));
    }
}

#[test]
fn no_segment_reaches_over_a_meeting() {
    let work = work();
    for cut in [Cut::Saves(20), Cut::Days] {
        let segments = travelling(&work, cut).expect("sealed");
        assert_eq!(segments.len(), 4, "two devices, two rounds: {cut:?}");
        assert_eq!(incoming(&segments).iter().map(Vec::len).sum::<usize>(), 4);
    }
}

#[test]
fn store_and_table_take_in_the_same() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let comparison = compare(&work(), Cut::Saves(20), 2, scratch.path()).expect("measured");
    assert_eq!((comparison.rounds.len(), comparison.segments), (2, 4));
    for round in comparison.rounds {
        assert_eq!((round.merged.concurrent_edits, round.merged.undecided), (1, 1));
        assert!(round.merged.indexed_bytes >= round.merged.bytes && round.inserted.bytes > 0);
    }
    assert_eq!(std::fs::read_dir(scratch.path()).expect("readable").count(), 0, "nothing is left lying");
}

#[track_caller]
fn check_refused(text: &str, expected: fn(&RecordedWorkError) -> bool) {
    let refused = read(text.as_bytes()).expect_err("no work");
    assert!(expected(&refused), "{refused:?}");
}

#[test]
fn what_is_no_work_is_refused_with_its_line() {
    let first = WORK.lines().next().expect("a line");
    check_refused("", |error| matches!(error, RecordedWorkError::Empty));
    check_refused("halo\n", |error| matches!(error, RecordedWorkError::Line { line: 1, why: LineError::Json(_) }));
    check_refused(&format!("{first}\n{{}}\n"), |error| {
        matches!(error, RecordedWorkError::Line { line: 2, why: LineError::Json(_) })
    });
    let back = first.replace("\"round\":1", "\"round\":0");
    check_refused(&format!("{first}\n{back}\n"), |error| {
        matches!(error, RecordedWorkError::Line { line: 2, why: LineError::RoundOver })
    });
    check_refused(&first.replace("\"001\"", "[1]"), |error| {
        matches!(error, RecordedWorkError::Line { line: 1, why: LineError::Value })
    });
    check_refused(&first.replace("1707174000000", "900000000000000"), |error| {
        matches!(error, RecordedWorkError::Line { line: 1, why: LineError::Range })
    });
    check_refused(&"x".repeat(3 << 20), |error| matches!(error, RecordedWorkError::Line { line: 1, .. }));
    let torn = zstd::encode_all(WORK.as_bytes(), 3).expect("compressed");
    let refused = read(&torn[..torn.len() / 2]).expect_err("torn");
    assert!(matches!(refused, RecordedWorkError::Io(_) | RecordedWorkError::Line { .. }), "{refused:?}");
}
