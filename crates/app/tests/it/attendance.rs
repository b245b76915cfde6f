//! Attendance lists from files.

use arumbae_app::error::ErrorCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::desk::Desk;

fn file(text: &str) -> Value {
    json!({ "from": "file", "base64": STANDARD.encode(text) })
}

async fn event(desk: &Desk) -> Value {
    let event = desk.call("outreach_event_new", json!({})).await;
    desk.call("outreach_event_save", json!({ "record": event, "seen": null })).await["record"]["id"].clone()
}

async fn accept(desk: &Desk, event: &Value, input: Value) -> Value {
    let list = desk.call("attendance_read", json!({ "id": event })).await;
    let seen = json!({ "record": list["attendees"], "version": list["meta"]["version"] });
    let order = json!({
        "event": event, "seen": seen, "attendees": list["attendees"], "input": input, "decisions": {},
    });
    desk.call("attendance_accept", order).await
}

#[tokio::test]
async fn a_wrong_separator_is_named_and_the_list_stays() {
    let desk = Desk::of_an_officer().await;
    let wrong = file("No;Nama;NIP\n1,Contoh Satu,\n2,Contoh Dua,\n3,Contoh Tiga,\n");
    let order = json!({ "attendees": [], "input": wrong });
    let notice = desk.check_refused("attendance_preview", order, ErrorCode::AttendanceUnreadable).await;
    assert!(notice.message.to_lowercase().contains("pemisah") || notice.message.contains("titik koma"), "{notice:?}");
}

#[tokio::test]
async fn importing_the_same_file_twice_adds_nobody_twice() {
    let desk = Desk::of_an_officer().await;
    let event = event(&desk).await;
    let rows: String = (0..500).map(|n| format!("{n};Contoh Nomor {n} Sebut;;Staf;Dinas {}\n", n % 7)).collect();
    let input = file(&format!("No;Nama;NIP;Jabatan;Instansi\n{rows}"));
    let count = |list: &Value| list["attendees"].as_array().map(Vec::len);
    assert_eq!(count(&accept(&desk, &event, input.clone()).await), Some(500));
    let again = accept(&desk, &event, input).await;
    assert_eq!(count(&again), Some(500));
    let names = again["attendees"].as_array().expect("a list").iter().map(|row| row["name"].clone());
    let expected: Vec<Value> = (0..500).map(|n| json!(format!("Contoh Nomor {n} Sebut"))).collect();
    assert_eq!(names.collect::<Vec<_>>(), expected, "the order of the file is kept");
}

#[tokio::test]
async fn storing_the_event_leaves_its_attendees_alone() {
    let desk = Desk::of_an_officer().await;
    let event = event(&desk).await;
    accept(&desk, &event, file("Nama\nContoh Satu\nContoh Dua\n")).await;
    let opened = desk.call("outreach_event_read", json!({ "id": event })).await;
    let mut edited = opened["record"].clone();
    edited["title"] = json!("Sosialisasi");
    let seen = json!({ "record": opened["record"], "version": opened["meta"]["version"] });
    desk.call("outreach_event_save", json!({ "record": edited, "seen": seen })).await;
    let list = desk.call("attendance_read", json!({ "id": event })).await;
    assert_eq!(list["attendees"].as_array().map(Vec::len), Some(2));
    assert_eq!(list["title"], "Sosialisasi");
}
