//! Backups and recovery as the screens ask for them.

use std::fs;

use arumbae_app::error::ErrorCode;
use serde_json::{Value, json};

use crate::desk::{Desk, PASSPHRASE};

fn backups(safekeeping: &Value) -> usize {
    safekeeping["backups"].as_array().expect("a list").len()
}

#[tokio::test]
async fn a_backup_is_made_once_a_day_while_the_store_is_open() {
    let desk = Desk::of_an_officer().await;
    assert!(desk.app.back_up_if_due().await.expect("made"), "there was none yet");
    assert!(!desk.app.back_up_if_due().await.expect("looked"), "once a day is enough");
    desk.clock.set("2024-06-13T00:00:00Z".parse().expect("a moment"));
    assert!(desk.app.back_up_if_due().await.expect("made"));
    let kept = desk.call("backup_now", json!({})).await;
    assert_eq!(backups(&kept), 3);
    assert_eq!((&kept["read_only"], &kept["backup_failure"]), (&json!(false), &Value::Null));
    assert_eq!(kept["backups"][0]["number"], 3, "newest first");
    desk.call("lock", json!({})).await;
    desk.check_refused("safekeeping", json!({}), ErrorCode::Locked).await;
    let listed = desk.call("backup_list", json!({})).await;
    assert_eq!(listed.as_array().expect("a list").len(), 3, "the list needs no passphrase");
}

#[tokio::test]
async fn an_import_is_preceded_by_a_backup() {
    let desk = Desk::of_an_officer().await;
    let mut event = desk.call("outreach_event_new", json!({})).await;
    event["title"] = json!("Sosialisasi");
    let stored = desk.call("outreach_event_save", json!({ "record": event, "seen": null })).await;
    let list = desk.call("attendance_read", json!({ "id": stored["record"]["id"] })).await;
    let accepted = desk
        .call(
            "attendance_accept",
            json!({
                "event": stored["record"]["id"],
                "seen": { "record": list["attendees"], "version": list["meta"]["version"] },
                "attendees": list["attendees"],
                "input": { "from": "pasted", "text": "Nama\tInstansi\nContoh Satu\tSD Contoh\n" },
                "decisions": {},
            }),
        )
        .await;
    assert_eq!(accepted["attendees"].as_array().expect("a list").len(), 1);
    assert_eq!(backups(&desk.call("safekeeping", json!({})).await), 1);
}

#[tokio::test]
async fn a_damaged_store_is_recovered_from_the_unlock_screen() {
    let desk = Desk::of_an_officer().await;
    let mut event = desk.call("outreach_event_new", json!({})).await;
    event["title"] = json!("Sebelum kerusakan");
    desk.call("outreach_event_save", json!({ "record": event, "seen": null })).await;
    desk.call("backup_now", json!({})).await;
    desk.call("lock", json!({})).await;
    let database = desk.folder.path().join("kantor/store.db");
    let mut bytes = fs::read(&database).expect("readable");
    bytes[..200].fill(0xa5);
    fs::write(&database, bytes).expect("writable");
    desk.check_refused("unlock", json!({ "passphrase": PASSPHRASE }), ErrorCode::StoreDamaged).await;
    let wrong = json!({ "passphrase": "bukan frasa ini", "backup": null });
    desk.check_refused("recover_store", wrong, ErrorCode::WrongPassphrase).await;
    let missing = json!({ "passphrase": PASSPHRASE, "backup": 9 });
    desk.check_refused("recover_store", missing, ErrorCode::BackupMissing).await;
    let recovered = desk.call("recover_store", json!({ "passphrase": PASSPHRASE, "backup": null })).await;
    assert_eq!(recovered["state"]["phase"], "open");
    assert_eq!(recovered["report"]["complete"], true, "{recovered:#}");
    let events = desk.call("record_list", json!({ "kind": "outreach_event", "after": null })).await;
    assert_eq!(events["rows"][0]["title"], "Sebelum kerusakan");
    assert!(desk.folder.path().join("kantor/store.db.aside-1").exists(), "the damaged file is kept");
}

#[tokio::test]
async fn going_back_to_a_backup_from_an_open_store_loses_nothing() {
    let desk = Desk::of_an_officer().await;
    desk.call("backup_now", json!({})).await;
    let mut event = desk.call("outreach_event_new", json!({})).await;
    event["title"] = json!("Sesudah cadangan");
    desk.call("outreach_event_save", json!({ "record": event, "seen": null })).await;
    let recovered = desk.call("recover_store", json!({ "passphrase": PASSPHRASE, "backup": 1 })).await;
    assert_eq!(recovered["report"]["complete"], true, "{recovered:#}");
    let home = desk.call("home", json!({})).await;
    assert_eq!(home["recent"][0]["title"], "Sesudah cadangan");
}
