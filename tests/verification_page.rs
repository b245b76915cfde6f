//! The server's public page, in a browser: whoever holds a document can check it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use arumbae_app::sample::SampleProvince;
use arumbae_sample::InProcessProvince;
use serde_json::json;

use crate::documents::play_a_day;
use crate::tools::checkout;

#[tokio::test(flavor = "multi_thread")]
async fn anybody_can_check_a_document_in_a_browser() {
    let (folder, _) = play_a_day().await;
    let province = InProcessProvince::default();
    let url = province.start(&folder.path().join("provinsi")).await.expect("the province starts again");

    let signed = folder.path().join("lhp-a4.pdf");
    let mut changed = fs::read(&signed).expect("a signed document");
    let at = changed.windows(6).position(|window| window == b"stream").expect("a PDF has streams") + 40;
    changed[at] ^= 1;
    let written = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a writable folder");
        path
    };
    let cases = json!([
        { "file": signed, "heading": "Asli dan tidak berubah" },
        { "file": folder.path().join("lhp-belum-ditandatangani.pdf"), "heading": "Tercatat, tetapi belum ditandatangani" },
        { "file": written("berubah.pdf", &changed), "heading": "Sudah diubah" },
        { "file": written("terpotong.pdf", &changed[..changed.len() / 2]), "heading": "Berkas rusak" },
        { "file": written("bukan.pdf", b"halo"), "heading": "Bukan berkas PDF" },
    ]);
    let cases = written("cases.json", cases.to_string().as_bytes());
    let shots = checkout().join("target/screenshots");
    fs::create_dir_all(&shots).expect("a writable target folder");

    let script = checkout().join("tests/browser/verification.mjs");
    let page = format!("{url}{}", arumbae_protocol::paths::VERIFICATION);
    let visit =
        tokio::task::spawn_blocking(move || Command::new("node").arg(script).arg(page).arg(cases).arg(shots).output());
    let visit = visit.await.expect("not cancelled").expect("node runs; scripts/setup test says what is missing");
    assert!(
        visit.status.success(),
        "{}{}",
        String::from_utf8_lossy(&visit.stdout),
        String::from_utf8_lossy(&visit.stderr)
    );
}
