//! Wrong clocks: explained, and never a reason to refuse work.

use arumbae_protocol::Role;
use arumbae_store::SyncState;

use crate::province::{Province, finding, true_now_ms};

/// 1 January 1970, a few seconds after a battery was changed.
const BATTERY_CHANGED_MS: u64 = 5_000;
/// 1 January 2099.
const SET_BY_HAND_MS: u64 = 4_070_908_800_000;

async fn check_clock(now_ms: u64) {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    officer.engine.synchronize().await.expect("the clock was right");
    officer.set_clock(now_ms);
    let mut officer = officer.restart();
    let written = finding("Ditulis dengan jam yang salah");
    officer.write(&written);

    let report = officer.engine.synchronize().await.expect("no clock keeps work on a device");
    assert_eq!(report.sent_saves, 1);
    assert_eq!(officer.sync_state(written.id), SyncState::Sent);
    assert!(report.clock().is_far_off(), "people are told");
    let error_ms = now_ms as i64 - true_now_ms() as i64;
    assert!((report.clock_offset_ms - error_ms).unsigned_abs() < 60_000, "{report:?}");

    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let received = colleague.engine.synchronize().await.expect("received");
    assert!(!received.clock().is_far_off());
    assert_eq!(colleague.read(written.id), Some(written.clone()));
    // A stamp of 2099 pins nothing: who has seen it supersedes it.
    colleague.rename(written.id, "Diperbaiki rekan");
    colleague.engine.synchronize().await.expect("sent");
    officer.engine.synchronize().await.expect("received");
    assert_eq!(officer.read(written.id).map(|finding| finding.event), Some("Diperbaiki rekan".to_owned()));
    assert_eq!(officer.fingerprint(), colleague.fingerprint());
}

#[tokio::test]
async fn a_clock_of_1970() {
    check_clock(BATTERY_CHANGED_MS).await;
}

#[tokio::test]
async fn a_clock_of_2099() {
    check_clock(SET_BY_HAND_MS).await;
}

#[tokio::test]
async fn enrolment_with_a_clock_of_2099() {
    let province = Province::found().await;
    let mut laptop = crate::province::Laptop::new("Petugas Contoh", "81.71.01");
    laptop.set_clock(SET_BY_HAND_MS);
    let invitation = province.invite(Role::Petugas, "81.71.01", 7).await;
    laptop.enrol(&invitation).await.expect("the server's clock counts");
    laptop.engine.synchronize().await.expect("enrolled");
}
