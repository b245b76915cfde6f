//! First run, passphrases, the store's file.

use std::fs;
use std::sync::Arc;

use arumbae_app::error::ErrorCode;
use serde_json::json;

use crate::desk::{Desk, PASSPHRASE, officer};

#[tokio::test]
async fn an_officer_begins_without_any_invitation() {
    let desk = Desk::new();
    assert_eq!(desk.call("app_state", json!({})).await["phase"], "first_run");
    let state = desk.call("create_office", officer("81.71.01")).await;
    assert_eq!(state["phase"], "open");
    assert_eq!(state["profile"]["scope_name"], "Nusaniwe, Kota Ambon");
    assert!(state["profile"]["enrolment"].is_null());
    assert_eq!(desk.call("lock", json!({})).await["phase"], "locked");
    assert_eq!(desk.call("unlock", json!({ "passphrase": PASSPHRASE })).await["phase"], "open");
}

#[tokio::test]
async fn what_cannot_open_an_office_is_refused_before_anything_is_written() {
    let desk = Desk::new();
    let mut short = officer("81.71.01");
    short["passphrase"] = json!("pendek");
    short["passphrase_again"] = json!("pendek");
    desk.check_refused("create_office", short, ErrorCode::PassphraseShort).await;
    let mut other = officer("81.71.01");
    other["passphrase_again"] = json!("frasa yang lain sama sekali");
    desk.check_refused("create_office", other, ErrorCode::PassphraseMismatch).await;
    let mut nameless = officer("81.71.01");
    nameless["name"] = json!("  ");
    desk.check_refused("create_office", nameless, ErrorCode::NameMissing).await;
    let notice = desk.check_refused("create_office", officer("81.71.99"), ErrorCode::UnknownRegion).await;
    assert!(notice.message.contains("81.71.99"));
    assert_eq!(desk.call("app_state", json!({})).await["phase"], "first_run");
}

#[tokio::test]
async fn wrong_passphrases_make_wait_and_never_wipe() {
    let desk = Desk::of_an_officer().await;
    desk.call("lock", json!({})).await;
    let wrong = json!({ "passphrase": "bukan frasa ini" });
    desk.check_refused("unlock", wrong.clone(), ErrorCode::WrongPassphrase).await;
    let mut last = desk.refused("unlock", wrong.clone()).await;
    for _ in 0..6 {
        last = desk.refused("unlock", wrong.clone()).await;
    }
    assert_eq!(last.code, ErrorCode::PassphraseWait);
    assert!(last.hint.chars().any(|c| c.is_ascii_digit()), "says how long: {last:?}");
    desk.clock.set("2024-06-12T02:00:00Z".parse().expect("a moment"));
    assert_eq!(desk.call("unlock", json!({ "passphrase": PASSPHRASE })).await["phase"], "open");
}

#[tokio::test]
async fn a_store_is_opened_once() {
    let first = Desk::of_an_officer().await;
    let second = Desk::at(Arc::clone(&first.folder));
    second.check_refused("unlock", json!({ "passphrase": PASSPHRASE }), ErrorCode::StoreInUse).await;
    first.call("lock", json!({})).await;
    second.call("unlock", json!({ "passphrase": PASSPHRASE })).await;
}

#[tokio::test]
async fn a_damaged_or_foreign_file_is_named_and_left_alone() {
    for (code, bytes) in
        [(ErrorCode::StoreDamaged, None), (ErrorCode::StoreForeign, Some(b"bukan basis data".to_vec()))]
    {
        let desk = Desk::of_an_officer().await;
        desk.call("lock", json!({})).await;
        let file = desk.folder.path().join("kantor/store.db");
        let bytes = bytes.unwrap_or_else(|| {
            let mut bytes = fs::read(&file).expect("a readable store");
            let middle = bytes.len() / 2;
            bytes[middle..].fill(0xA5);
            bytes
        });
        fs::write(&file, &bytes).expect("a writable store");
        let notice = desk.refused("unlock", json!({ "passphrase": PASSPHRASE })).await;
        assert!([ErrorCode::StoreDamaged, ErrorCode::StoreForeign].contains(&notice.code), "{code:?}: {notice:?}");
        assert_eq!(fs::read(&file).expect("still there"), bytes, "a file that cannot be opened is not touched");
    }
}

#[tokio::test]
async fn what_is_no_invitation_is_refused() {
    let desk = Desk::of_an_officer().await;
    for text in ["", "halo", "-----BEGIN UNDANGAN ARUMBAE-----\nAAAA\n-----END UNDANGAN ARUMBAE-----"] {
        desk.check_refused("read_invitation", json!({ "text": text }), ErrorCode::InvitationUnreadable).await;
    }
}
