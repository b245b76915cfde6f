//! `backup`: what a secretariat does for an officer whose store is damaged.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PASSPHRASE: &str = "pala-cengkih-dan-sagu-tumbu";

/// Runs a job with a line on its standard input.
fn backup(arguments: &[&str], line: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_arumbae-cli"))
        .arg("backup")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be run");
    // A job that reads nothing may have ended before.
    let _ = writeln!(child.stdin.take().expect("its input"), "{line}");
    child.wait_with_output().expect("it ends")
}

#[track_caller]
fn check_said(output: &Output, success: bool, words: &[&str]) {
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!(output.status.success(), success, "{said}");
    for word in words {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(!said.contains("safekeeping-") && !said.contains("error-"), "{said}");
}

#[test]
fn a_damaged_store_is_recovered_from_the_terminal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/released/schema-1");
    for file in ["store.db", "slots.json"] {
        std::fs::copy(released.join(file), folder.path().join(file)).expect("copied");
    }
    let at = folder.path().to_str().expect("a name");
    check_said(&backup(&["list", at], ""), true, &["Belum ada cadangan"]);
    check_said(&backup(&["make", at], "bukan frasa ini"), false, &["Frasa sandi"]);
    check_said(&backup(&["make", at], ""), false, &["frasa sandi"]);
    // Opening it brought it up to date, which began with a backup of its own.
    check_said(&backup(&["make", at], PASSPHRASE), true, &["nomor 2"]);
    check_said(&backup(&["list", at], ""), true, &["2  ", "1  ", "bita"]);

    let database = folder.path().join("store.db");
    let mut bytes = std::fs::read(&database).expect("readable");
    bytes[..200].fill(0xa5);
    std::fs::write(&database, bytes).expect("writable");
    check_said(&backup(&["make", at], PASSPHRASE), false, &["rusak"]);
    check_said(&backup(&["recover", "--backup", "9", at], PASSPHRASE), false, &["Cadangan itu tidak ada"]);
    let words = ["Dasar pemulihan", "Laporan Hasil Pengawasan: 3 selamat", "store.db.aside-1"];
    check_said(&backup(&["recover", at], PASSPHRASE), true, &words);
    check_said(&backup(&["make", at], PASSPHRASE), true, &["diperiksa"]);
}
