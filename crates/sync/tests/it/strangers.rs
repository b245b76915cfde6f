//! Others who answer in the server's place: none of them is taken for it.

use arumbae_protocol::Role;
use arumbae_store::SyncState;
use arumbae_sync::{SyncError, SyncErrorCode};

use crate::province::{Laptop, Province, finding};
use arumbae_badlink::{FarEnd, Weather};

#[tokio::test]
async fn a_captive_portal_is_named_and_never_a_success() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let written = finding("Di warung dengan WiFi");
    officer.write(&written);
    province.link.set_weather(Weather { far_end: FarEnd::CaptivePortal, ..Weather::CLEAR });
    let error = officer.engine.synchronize().await.expect_err("a login page");
    assert_eq!(error.code(), SyncErrorCode::CaptivePortal, "{error:?}");
    assert_eq!(officer.sync_state(written.id), SyncState::Waiting);

    let visitor = Laptop::new("Petugas Baru", "81.71.01");
    let invitation = province.invite(Role::Petugas, "81.71.01", 7).await;
    let error = visitor.redeem(&invitation).await.expect_err("a login page");
    assert_eq!(error.code(), SyncErrorCode::CaptivePortal, "{error:?}");

    province.link.set_weather(Weather::CLEAR);
    officer.engine.synchronize().await.expect("logged in");
    assert_eq!(officer.sync_state(written.id), SyncState::Sent);
}

#[tokio::test]
async fn another_provinces_server_is_not_trusted() {
    let province = Province::found().await;
    let other = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    officer.write(&finding("Untuk provinsi sendiri"));
    province.link.set_server(other.server().address());
    let mut officer = officer.restart();
    let error = officer.engine.synchronize().await.expect_err("certified by somebody else");
    assert!(matches!(error, SyncError::UntrustedServer(_)), "{error:?}");
    assert_eq!(officer.summary().waiting_saves, 1);
}

#[tokio::test]
async fn an_address_without_tls_is_not_used() {
    let province = Province::found().await;
    let laptop = Laptop::new("Petugas Contoh", "81.71.01");
    let mut invitation = province.invite(Role::Petugas, "81.71.01", 7).await;
    invitation.server_url = invitation.server_url.replace("https:", "http:");
    assert!(matches!(laptop.redeem(&invitation).await, Err(SyncError::UnusableAddress)));
}

#[tokio::test]
async fn nobody_there_is_no_route() {
    let mut province = Province::found().await;
    let laptop = Laptop::new("Petugas Contoh", "81.71.01");
    let mut invitation = province.invite(Role::Petugas, "81.71.01", 7).await;
    invitation.server_url = province.server().url().to_owned();
    province.stop().await;
    let error = laptop.redeem(&invitation).await.expect_err("nobody listens");
    assert_eq!(error.code(), SyncErrorCode::NoRoute, "{error:?}");
}
