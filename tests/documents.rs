//! The documents of a day in the field, judged by validators that are not ours.

use std::path::{Path, PathBuf};

use arumbae_sample::day;
use serde_json::Value;

use crate::tools::run;

/// Plays the day and returns where, and its summary.
pub async fn play_a_day() -> (tempfile::TempDir, Value) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let summary = day::play(folder.path(), &mut |_| {}).await;
    let summary = summary.unwrap_or_else(|why| panic!("the day stopped: {}", day::causes(&*why)));
    let summary = serde_json::from_str(&summary).expect("the summary is JSON");
    (folder, summary)
}

fn documents(folder: &Path, summary: &Value, signed: bool) -> Vec<PathBuf> {
    let documents = summary["documents"].as_array().expect("a list of documents").iter();
    let wanted = documents.filter(|document| document["signed"] == signed);
    wanted.map(|document| folder.join(document["file"].as_str().expect("a file name"))).collect()
}

#[track_caller]
fn check_accepted(output: &std::process::Output, file: &Path, expected: &str) {
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains(expected), "{}: {said}", file.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_in_the_field_ends_with_documents_that_others_accept() {
    let (folder, summary) = play_a_day().await;
    assert!(summary["conflicts_kept"].as_u64() >= Some(1), "both laptops show both values: {summary:#}");
    assert_eq!(summary["saves_without_receipt"], 0, "everything has its receipt: {summary:#}");

    let authority = folder.path().join("ca.pem");
    let signed = documents(folder.path(), &summary, true);
    assert_eq!(signed.len(), 5, "LHP and daftar hadir on A4 and F4, and one enrolled by stick");
    assert!(summary["saves_receipted_by_stick"].as_u64() > Some(0), "work that never saw a network: {summary:#}");
    for file in &signed {
        // Its certificate says where the province's revocation list is; here nobody can be asked for it.
        let arguments: Vec<&Path> = ["sign", "validate", "--soft-revocation-check", "--trust-replace", "--trust"]
            .map(Path::new)
            .into_iter()
            .chain([&*authority])
            .collect();
        let arguments = [&arguments[..], &[Path::new("--pretty-print"), file]].concat();
        check_accepted(&run("pyhanko", &arguments), file, "The signature is judged VALID");
    }
    let unsigned = documents(folder.path(), &summary, false);
    for file in signed.iter().chain(&unsigned).chain([&folder.path().join("tanda-terima.pdf")]) {
        check_accepted(&run("qpdf", &[Path::new("--check"), file]), file, "No syntax or stream encoding errors found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_document_is_refused_by_us_and_by_others() {
    let (folder, summary) = play_a_day().await;
    let authority = std::fs::read_to_string(folder.path().join("ca.pem")).expect("the authority's certificate");
    let trust = arumbae_signing::trust::TrustStore::from_pem(&authority).expect("a certificate");
    let file = &documents(folder.path(), &summary, true)[0];
    let mut bytes = std::fs::read(file).expect("a signed document");
    let verdict =
        |bytes: &[u8]| arumbae_signing::verify::verify_document(bytes, &trust, jiff::Timestamp::now()).verdict;
    assert_eq!(verdict(&bytes), arumbae_signing::verify::Verdict::Genuine);

    // One bit of a page's content.
    let at = bytes.windows(6).position(|window| window == b"stream").expect("a PDF has streams") + 40;
    bytes[at] ^= 1;
    assert_ne!(verdict(&bytes), arumbae_signing::verify::Verdict::Genuine);
    let changed = folder.path().join("berubah.pdf");
    std::fs::write(&changed, bytes).expect("a writable folder");
    let output =
        run("pyhanko", &["sign", "validate"].map(Path::new).into_iter().chain([&*changed]).collect::<Vec<_>>());
    assert!(!String::from_utf8_lossy(&output.stdout).contains("judged VALID"), "pyHanko was deceived");
}
