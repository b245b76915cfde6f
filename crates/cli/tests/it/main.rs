//! The terminal program as a script sees it: what it prints and how it exits.

mod backup;
mod verify_log;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn cli(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_arumbae-cli")).args(arguments).output().expect("the program can be run")
}

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/sample").join(name).display().to_string()
}

fn written(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a writable folder");
    path.display().to_string()
}

fn preview(file: &str) -> Value {
    let output = cli(&["attendance", "preview", "--json", file]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

#[test]
fn a_zoom_report_counts_a_person_who_joined_three_times_once() {
    let preview = preview(&sample("zoom-peserta.csv"));
    assert_eq!(preview["people"], 7, "{preview:#}");
    assert_eq!(preview["merged"], 2, "two of three joins fold into the first: {preview:#}");
    let rejected = preview["rejected"].as_array().expect("a list");
    assert_eq!(rejected.len(), 1, "the row without a name: {preview:#}");
    assert!(rejected[0]["row"].is_u64() && rejected[0]["reason"].as_str().is_some_and(|reason| reason.len() > 10));
}

#[test]
fn every_row_of_a_spreadsheet_is_accounted_for() {
    let preview = preview(&sample("daftar-hadir.csv"));
    let count = |name: &str| preview[name].as_u64().expect("a number");
    let rejected = preview["rejected"].as_array().expect("a list").len() as u64;
    assert_eq!(count("added") + count("merged") + count("doubted") + rejected, 5, "{preview:#}");
    assert_eq!(rejected, 0, "a NIP of 17 digits is a remark, never a reason to refuse: {preview:#}");
}

#[test]
fn an_unreadable_file_is_explained_in_indonesian() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let wrong = written(&folder, "salah.csv", b"No;Nama;NIP\n1,Contoh Satu,\n2,Contoh Dua,\n3,Contoh Tiga,\n");
    for file in [wrong, written(&folder, "kosong.csv", b""), "/tidak/ada.csv".to_owned()] {
        let output = cli(&["attendance", "preview", "--json", &file]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{file} must fail");
        assert!(output.stdout.is_empty(), "no half result for {file}");
        assert!(said.len() > 20 && !said.contains("error-"), "{file}: {said}");
    }
}

#[test]
fn a_folder_that_holds_no_store_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path().to_str().expect("a name");
    for job in [&["upload-token", at][..], &["bundle", "export", at, at], &["backup", "make", at]] {
        let output = cli(job);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("store.db tidak ada"), "{job:?}: {said}");
    }
}

#[test]
fn what_is_no_genuine_document_fails_the_check() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = written(&folder, "surat.pdf", b"bukan PDF");
    let output = cli(&["verify", &text]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("bukan PDF"), "{output:?}");
}

/// Two devices that edit one field of a record without knowing of each other.
const WORK: &str = r#"{"round":1,"dev":0,"rec":"018d80000000700080000000000000a1","ms":1707174000000,"ops":[[0,"001"],[6,"Satu."]]}
{"round":2,"dev":0,"rec":"018d80000000700080000000000000a1","ms":1707174600000,"ops":[[4,"sedang"]]}
{"round":2,"dev":1,"rec":"018d80000000700080000000000000a1","ms":1707174600500,"ops":[[4,"tinggi"]]}
"#;

#[test]
fn recorded_work_is_measured_into_one_json_object() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let work = written(&folder, "kerja.jsonl", WORK.as_bytes());
    for cut in [&["--saves-per-segment", "2"][..], &["--device-days"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_arumbae-cli"))
            .current_dir(folder.path())
            .args(["bench-merge", "--rounds", "1", &work])
            .args(cut)
            .output()
            .expect("the program can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let figures: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        assert_eq!((&figures["operations"], &figures["conflicts_kept"]), (&4.into(), &1.into()), "{figures:#}");
        for name in ["seconds", "raw_sqlite_seconds", "wire_bytes", "stored_bytes"] {
            assert!(figures[name].as_f64().is_some_and(|figure| figure > 0.0), "{name}: {figures:#}");
        }
        assert_eq!(figures["peak_rss_kib"].is_u64(), cfg!(target_os = "linux"), "{figures:#}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 1, "nothing is left lying");
}

#[test]
fn work_that_cannot_be_read_is_explained_in_indonesian() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    #[track_caller]
    fn check(file: &str, said: &str) {
        let output = cli(&["bench-merge", file]);
        assert!(!output.status.success() && output.stdout.is_empty(), "{file} must fail");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(said), "{file}: {text}");
    }
    check("/tidak/ada.jsonl", "tidak ada");
    check(&written(&folder, "kosong.jsonl", b""), "tidak berisi");
    check(&written(&folder, "salah.jsonl", format!("{WORK}halo\n").as_bytes()), "baris 4");
    check(&written(&folder, "isian.jsonl", WORK.replace("\"001\"", "[1]").as_bytes()), "isian hanya boleh");
    check(&written(&folder, "putus.jsonl.zst", &[0x28, 0xb5, 0x2f, 0xfd, 0x04]), "rusak");
}
