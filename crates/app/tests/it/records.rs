//! Records and drafts, with clocks and codes as they really are.

use arumbae_app::error::ErrorCode;
use serde_json::{Value, json};

use std::sync::Arc;

use crate::desk::{Desk, PASSPHRASE};

async fn stored_report(desk: &Desk, stage: &str) -> Value {
    let mut report = desk.call("supervision_report_new", json!({})).await;
    report["stage"] = json!(stage);
    desk.call("supervision_report_save", json!({ "record": report, "seen": null })).await
}

#[tokio::test]
async fn a_draft_outlives_the_program() {
    let desk = Desk::of_an_officer().await;
    let mut report = desk.call("supervision_report_new", json!({})).await;
    report["findings_summary"] = json!("Baru setengah kalimat yang dike");
    let draft = json!({
        "subject": "record", "id": report["id"], "kind": "supervision_report", "title": "LHP baru",
        "content": { "record": report, "seen": null },
    });
    desk.call("draft_put", draft).await;
    let folder = Arc::clone(&desk.folder);
    // Dropped without a word, as when the battery dies.
    drop(desk);

    let desk = Desk::at(folder);
    desk.call("unlock", json!({ "passphrase": PASSPHRASE })).await;
    let listed = desk.call("draft_list", json!({})).await;
    assert_eq!(listed[0]["title"], "LHP baru");
    let kept = desk.call("draft_read", json!({ "subject": "record", "id": report["id"] })).await;
    assert_eq!(kept["content"]["record"], report);
    desk.call("supervision_report_save", kept["content"].clone()).await;
    assert_eq!(desk.call("draft_list", json!({})).await, json!([]), "saving takes the draft away");
}

#[tokio::test]
async fn no_clock_refuses_a_record() {
    let desk = Desk::of_an_officer().await;
    for clock in ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2024-06-12T00:00:00Z"] {
        desk.clock.set(clock.parse().expect("a moment"));
        let stored = stored_report(&desk, clock).await;
        let read = desk.call("supervision_report_read", json!({ "id": stored["record"]["id"] })).await;
        assert_eq!(read["record"]["stage"], clock);
        assert_eq!(read["meta"]["delivery"], "waiting");
        let told = desk.call("sync_state", json!({})).await["clock"]["warn"].clone();
        assert_eq!(told, json!(!clock.starts_with("2024")), "{clock}: the officer is told at once, without a network");
    }
    assert_eq!(desk.call("record_list", json!({ "kind": "supervision_report", "after": null })).await["total"], 3);
}

#[tokio::test]
async fn a_bad_number_is_told_and_never_forbids_saving() {
    let desk = Desk::of_an_officer().await;
    let mut finding = desk.call("finding_new", json!({})).await;
    finding["reported_persons"] = json!([{
        "id": "0190a000-0000-7000-8000-000000000001", "name": "Contoh Terlapor", "staff_group": "pns",
        "staff_number": "19850312201001100", "address": "", "phone": "", "position": "", "agency": "",
    }]);
    finding["region"] = json!("81.71.99");
    let problems = desk.call("finding_check", json!({ "record": finding })).await;
    let about = |field: &str| problems.as_array().is_some_and(|all| all.iter().any(|p| p["field"] == field));
    assert!(about("reported_persons[0].staff_number"), "17 digits: {problems:#}");
    assert!(about("region"), "no such region: {problems:#}");
    let stored = desk.call("finding_save", json!({ "record": finding, "seen": null })).await;
    assert_eq!(stored["record"]["reported_persons"][0]["staff_number"], "19850312201001100");

    let id = stored["record"]["id"].clone();
    let submit = json!({ "id": id, "to": "submitted", "reason": "" });
    desk.check_refused("record_transition", submit, ErrorCode::RecordInvalid).await;
}

#[tokio::test]
async fn an_edit_made_while_the_form_was_open_is_not_overwritten() {
    let desk = Desk::of_an_officer().await;
    let opened = stored_report(&desk, "Kampanye").await;
    let seen = json!({ "record": opened["record"], "version": opened["meta"]["version"] });
    let mut first = opened["record"].clone();
    first["stage"] = json!("Masa tenang");
    desk.call("supervision_report_save", json!({ "record": first, "seen": seen })).await;

    // A second window had the record open since before and changes the same field.
    let mut second = opened["record"].clone();
    second["stage"] = json!("Pemungutan suara");
    let saved = desk.call("supervision_report_save", json!({ "record": second, "seen": seen })).await;
    let conflicts = saved["meta"]["conflicts"].as_array().expect("a list");
    assert_eq!(conflicts.len(), 1, "{saved:#}");
    assert_eq!(conflicts[0]["field"], "stage");

    let decision = json!({
        "record": opened["record"]["id"], "field": "stage", "value": "Masa tenang", "note": "sesuai jadwal",
    });
    let meta = desk.call("conflict_resolve", decision.clone()).await;
    assert_eq!(meta["conflicts"], json!([]));
    desk.check_refused("conflict_resolve", decision, ErrorCode::ConflictGone).await;
}

#[tokio::test]
async fn a_document_without_a_certificate_is_issued_unsigned_and_never_pretends() {
    let desk = Desk::of_an_officer().await;
    let report = stored_report(&desk, "Kampanye").await;
    let order = |passphrase: Value| json!({ "source": report["record"]["id"], "template": "supervision_report", "paper": "f4", "passphrase": passphrase });
    desk.check_refused("document_issue", order(json!(PASSPHRASE)), ErrorCode::NotEnrolled).await;
    let issued = desk.call("document_issue", order(Value::Null)).await;
    assert_eq!(issued["verification"]["verdict"], "unsigned");
    assert_eq!(issued["document"]["signed_by"], "");
}

#[tokio::test]
async fn two_revisions_of_a_narrative_are_compared_and_what_the_program_puts_together_is_marked() {
    let desk = Desk::of_an_officer().await;
    let opened = stored_report(&desk, "Kampanye").await;
    let id = &opened["record"]["id"];
    let revise = async |base: &Value, from: &str, to: &str| {
        let mut edited = base["record"].clone();
        let text = edited["findings_summary"].as_str().expect("a narrative").replace(from, to);
        edited["findings_summary"] = json!(text);
        let seen = json!({ "record": base["record"], "version": base["meta"]["version"] });
        desk.call("supervision_report_save", json!({ "record": edited, "seen": seen })).await
    };
    let mut written = opened["record"].clone();
    written["findings_summary"] = json!("Petugas tiba pagi. Baliho terpasang. Foto diambil. Saksi ditanya.");
    let seen = json!({ "record": opened["record"], "version": opened["meta"]["version"] });
    let base = desk.call("supervision_report_save", json!({ "record": written, "seen": seen })).await;
    // Both had the same text before them; each changes another sentence.
    revise(&base, "tiba pagi", "tiba pukul 09.00 WIT").await;
    let saved = revise(&base, "Saksi ditanya", "Dua saksi ditanya").await;

    let conflict = &saved["meta"]["conflicts"][0];
    assert_eq!(conflict["field"], "findings_summary", "{saved:#}");
    let hunks = conflict["comparison"]["hunks"].as_array().expect("sentences");
    let changed: Vec<&str> = hunks.iter().filter_map(|hunk| hunk["changed_by"].as_str()).collect();
    assert!(changed.contains(&"shown") && changed.contains(&"other"), "{conflict:#}");
    let together = "Petugas tiba pukul 09.00 WIT. Baliho terpasang. Foto diambil. Dua saksi ditanya.";
    assert_eq!(conflict["comparison"]["proposal"], together, "a proposal, and nobody's text yet");
    let decision =
        json!({ "record": id, "field": "findings_summary", "value": together, "note": "sudah dibaca dengan rekan" });
    let meta = desk.call("conflict_resolve", decision).await;
    assert_eq!(meta["conflicts"], json!([]));
    let history = desk.call("record_history", json!({ "id": id, "person": null, "field": null, "after": null })).await;
    let note = history["entries"][0]["changes"][0]["changes"][0]["note"].as_str().expect("a reason").to_owned();
    assert!(note.contains("disusun program") && note.ends_with("sudah dibaca dengan rekan"), "{note}");

    // Where both changed the same sentence there is nothing to propose.
    let base = desk.call("supervision_report_read", json!({ "id": id })).await;
    revise(&base, "Foto diambil", "Tiga foto diambil").await;
    let saved = revise(&base, "Foto diambil", "Dua foto diambil").await;
    assert_eq!(saved["meta"]["conflicts"][0]["comparison"]["proposal"], Value::Null, "{saved:#}");
    let value = json!("Petugas tiba. Tiga foto diambil.");
    let decision = json!({ "record": id, "field": "findings_summary", "value": value, "note": "" });
    desk.call("conflict_resolve", decision).await;
    let history = desk.call("record_history", json!({ "id": id, "person": null, "field": null, "after": null })).await;
    assert_eq!(history["entries"][0]["changes"][0]["changes"][0]["note"], "", "a person's own words are not marked");
}
