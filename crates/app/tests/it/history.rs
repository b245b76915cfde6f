//! Histories, proofs and what is held, as their screens ask for them.

use arumbae_app::error::ErrorCode;
use arumbae_app::saved_copy::{self, CopySource};
use arumbae_protocol::RecordProof;
use serde_json::{Value, json};

use crate::desk::Desk;

async fn stored_report(desk: &Desk, change: impl Fn(&mut Value)) -> Value {
    let mut report = desk.call("supervision_report_new", json!({})).await;
    change(&mut report);
    desk.call("supervision_report_save", json!({ "record": report, "seen": null })).await
}

async fn edited(desk: &Desk, stored: &Value, change: impl Fn(&mut Value)) -> Value {
    let seen = json!({ "record": stored["record"], "version": stored["meta"]["version"] });
    let mut record = stored["record"].clone();
    change(&mut record);
    desk.call("supervision_report_save", json!({ "record": record, "seen": seen })).await
}

async fn history(desk: &Desk, stored: &Value, field: Value) -> Value {
    let ask = json!({ "id": stored["record"]["id"], "person": null, "field": field, "after": null });
    desk.call("record_history", ask).await
}

#[tokio::test]
async fn a_history_is_told_in_the_names_the_screen_knows() {
    let desk = Desk::of_an_officer().await;
    let witness = json!({ "id": "0190a000-0000-7000-8000-000000000001", "name": "Dorkas Contohlatu", "address": "", "phone": "" });
    let stored = stored_report(&desk, |report| report["facts"] = json!("Keterangan pertama.")).await;
    let stored = edited(&desk, &stored, |report| {
        report["facts"] = json!("Keterangan kedua.");
        report["witnesses"] = json!([witness]);
    })
    .await;
    let told = history(&desk, &stored, Value::Null).await;
    assert_eq!((&told["kind"], &told["total"], &told["next"]), (&json!("supervision_report"), &json!(2), &Value::Null));
    let newest = &told["entries"][0];
    assert_eq!(newest["author"], "Contoh Petugas");
    assert_eq!(newest["written_at"], "2024-06-12T00:00:00Z");
    assert_eq!((&newest["own"], &newest["delivery"]["state"]), (&json!(true), &json!("waiting")));
    assert_eq!((&newest["clock_offset_ms"], &newest["clock_warn"]), (&Value::Null, &json!(false)));
    let facts = &newest["changes"][0]["changes"][0];
    assert_eq!(
        *facts,
        json!({
            "did": "set", "field": "facts", "narrative": true, "after": "Keterangan kedua.",
            "before": { "values": ["Keterangan pertama."], "incomplete": false },
        })
    );
    let part = &newest["changes"][1];
    assert_eq!(
        (&part["list"], &part["title"], &part["fate"]),
        (&json!("witnesses"), &witness["name"], &json!("added"))
    );
    assert_eq!(told["entries"][1]["changes"][0]["fate"], "added", "the record was made");

    assert_eq!(history(&desk, &stored, json!("witnesses")).await["entries"].as_array().map(Vec::len), Some(1));
    let unknown = json!({ "id": stored["record"]["id"], "person": null, "field": "no_such_field", "after": null });
    desk.check_refused("record_history", unknown, ErrorCode::BadArguments).await;
    let nobody = json!({ "id": witness["id"].as_str().map(|id| id.replace("1", "2")), "person": null, "field": null, "after": null });
    desk.check_refused("record_history", nobody, ErrorCode::RecordMissing).await;
}

#[tokio::test]
async fn a_step_says_who_took_it_and_why() {
    let desk = Desk::of_an_officer().await;
    let stored = stored_report(&desk, |_| ()).await;
    assert_eq!(stored["meta"]["last_step"], Value::Null, "nobody took any");
    let mut complete = desk.call("outreach_event_new", json!({})).await;
    let filled = [
        ("title", "Sosialisasi"),
        ("form", "socialization"),
        ("organiser", "Panwascam"),
        ("starts_at", "09:00:00"),
        ("mode", "on_site"),
        ("place", "Balai"),
        ("purpose", "Pencegahan"),
    ];
    for (field, value) in filled {
        complete[field] = json!(value);
    }
    let event = desk.call("outreach_event_save", json!({ "record": complete, "seen": null })).await;
    let submit = json!({ "id": event["record"]["id"], "to": "submitted", "reason": "siap ditinjau" });
    let step = desk.call("record_transition", submit).await["last_step"].clone();
    let expected = json!({
        "to": "submitted", "reason": "siap ditinjau", "author": "Contoh Petugas", "taken_at": "2024-06-12T00:00:00Z",
    });
    assert_eq!(step, expected);
}

#[tokio::test]
async fn a_proof_is_handed_out_as_a_file_anybody_can_check() {
    let desk = Desk::of_an_officer().await;
    let stored = stored_report(&desk, |report| report["stage"] = json!("Kampanye")).await;
    let record = serde_json::from_value(stored["record"]["id"].clone()).expect("an id");
    let file = saved_copy::bytes_of(&desk.app, CopySource::Proof { record }).await.expect("a proof");
    let report = RecordProof::from_json(&file).expect("a proof's file").check(None);
    assert_eq!((report.faults, report.saves.len()), (vec![], 1));
    let nobodys = serde_json::from_value(json!("0190a000-0000-7000-8000-0000000000ff")).expect("an id");
    let refused = saved_copy::bytes_of(&desk.app, CopySource::Proof { record: nobodys }).await;
    assert_eq!(refused.expect_err("nothing to prove").code, ErrorCode::RecordMissing);
}

#[tokio::test]
async fn nothing_is_held_on_a_laptop_nobody_wrote_to() {
    let desk = Desk::of_an_officer().await;
    assert_eq!(desk.call("held_list", json!({})).await, json!({ "entries": [], "frozen_lanes": 0 }));
    assert_eq!(desk.call("sync_state", json!({})).await["held"], 0);
    let hash = "00".repeat(32);
    let gone = saved_copy::bytes_of(&desk.app, CopySource::Held { hash }).await;
    assert_eq!(gone.expect_err("nothing of that name").code, ErrorCode::HeldGone);
    let stored = stored_report(&desk, |_| ()).await;
    desk.call("held_begin_lane", json!({})).await;
    let read = desk.call("supervision_report_read", json!({ "id": stored["record"]["id"] })).await;
    assert_eq!(read["record"], stored["record"], "a new lane loses nothing");
}
