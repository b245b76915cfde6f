//! Invitations: good, over, used, unknown, and what was written before.

use arumbae_protocol::{InvitationToken, Role, ShortCode};
use arumbae_signing::revocation::RevocationReason;
use arumbae_store::SyncState;
use arumbae_sync::{LinkState, SyncError, SyncErrorCode, fetch_invitation};

use crate::province::{Laptop, PATIENCE, Province, finding};

#[track_caller]
fn check_refused<T: std::fmt::Debug>(outcome: Result<T, SyncError>, expected: SyncErrorCode) {
    assert_eq!(outcome.expect_err("refused").code(), expected);
}

#[tokio::test]
async fn work_from_before_the_invitation_is_accepted_whole() {
    let province = Province::found().await;
    let mut laptop = Laptop::new("Petugas Contoh", "81.71.01");
    let first = finding("Ditulis sebelum ada undangan");
    laptop.write(&first);
    laptop.rename(first.id, "Masih sebelum ada undangan");
    check_refused(laptop.engine.synchronize().await, SyncErrorCode::NotEnrolled);
    assert_eq!(*laptop.engine.state().borrow(), LinkState::NotEnrolled);
    assert_eq!(laptop.sync_state(first.id), SyncState::Waiting);

    let invitation = province.invite(Role::Petugas, "81.71.01", 7).await;
    laptop.enrol(&invitation).await.expect("a good invitation");
    let report = laptop.engine.synchronize().await.expect("enrolled");

    assert_eq!(report.sent_saves, 2);
    assert_eq!(laptop.sync_state(first.id), SyncState::Sent);
    assert_eq!(*laptop.engine.state().borrow(), LinkState::Done);
    let receipts = laptop.store().receipts(10).expect("readable");
    let key = invitation.registry_key;
    assert!(receipts.iter().all(|receipt| receipt.verify(&key).is_ok()), "each is the province's word");
    assert_eq!(laptop.store().certificates().expect("readable").len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let province = Province::found().await;
    let mut laptop = Laptop::new("Petugas Contoh", "81.71.01");
    let invitation = province.invite(Role::Petugas, "81.71.01", 7).await;
    laptop.redeem(&invitation).await.expect("redeemed, and the answer thrown away");
    laptop.enrol(&invitation).await.expect("the same device may ask again");
    laptop.engine.synchronize().await.expect("enrolled");
}

#[tokio::test]
async fn invitations_that_do_not_hold() {
    let province = Province::found().await;
    let laptop = Laptop::new("Petugas Contoh", "81.71.01");

    let mut unknown = province.invite(Role::Petugas, "81.71.01", 7).await;
    unknown.token = InvitationToken([7; 16]);
    check_refused(laptop.redeem(&unknown).await, SyncErrorCode::InvitationUnknown);

    let over = province.invite(Role::Petugas, "81.71.01", 0).await;
    while crate::province::true_now_ms() <= over.expires_ms {
        tokio::task::yield_now().await;
    }
    check_refused(laptop.redeem(&over).await, SyncErrorCode::InvitationExpired);

    let used = province.invite(Role::Petugas, "81.71.01", 7).await;
    laptop.redeem(&used).await.expect("the first device");
    let other = Laptop::new("Petugas Lain", "81.71.01");
    check_refused(other.redeem(&used).await, SyncErrorCode::InvitationUsed);
}

#[tokio::test]
async fn an_answer_that_is_not_the_inviting_provinces_is_refused() {
    let province = Province::found().await;
    let laptop = Laptop::new("Petugas Contoh", "81.71.01");
    let mut invitation = province.invite(Role::Petugas, "81.71.01", 7).await;
    invitation.registry_key.0[0] ^= 1;
    let refused = laptop.redeem(&invitation).await;
    assert!(matches!(refused, Err(SyncError::ForgedRegistry(_))), "signed by another key than the invitation's");
}

#[tokio::test]
async fn a_revoked_device_is_told_so_and_keeps_its_work() {
    let province = Province::found().await;
    let mut laptop = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    laptop.engine.synchronize().await.expect("enrolled");
    let device = laptop.store().device_key();
    province.server().province().revoke(device, RevocationReason::KeyCompromise).await.expect("revoked");
    let kept = finding("Ditulis setelah dicabut");
    laptop.write(&kept);

    check_refused(laptop.engine.synchronize().await, SyncErrorCode::Revoked);
    assert_eq!(*laptop.engine.state().borrow(), LinkState::Failed { code: SyncErrorCode::Revoked });
    assert_eq!(laptop.sync_state(kept.id), SyncState::Waiting);
    assert_eq!(laptop.read(kept.id), Some(kept));
}

#[tokio::test]
async fn a_code_said_over_a_telephone_is_as_good_as_a_file() {
    let province = Province::found().await;
    let mut laptop = Laptop::new("Petugas Contoh", "81.71.01");
    let (invitation, code) = province.invite_with_code(Role::Petugas, "81.71.01").await;
    let address = province.url();
    let fetch = |code| {
        let (address, surroundings) = (address.clone(), laptop.surroundings());
        async move { fetch_invitation(&address, &code, PATIENCE, surroundings).await }
    };
    let fetched = fetch(code.to_string().parse().expect("as it was typed")).await.expect("the right code");
    assert_eq!(fetched, invitation);
    check_refused(fetch(ShortCode::new(code.number(), &[3; 32])).await, SyncErrorCode::WrongCode);
    check_refused(fetch(ShortCode::new(code.number() ^ 1, &[3; 32])).await, SyncErrorCode::InvitationUnknown);
    while fetch(ShortCode::new(code.number(), &[3; 32])).await.expect_err("wrong").code() != SyncErrorCode::TooManyTries
    {
    }

    laptop.enrol(&fetched).await.expect("the invitation is good");
    laptop.engine.synchronize().await.expect("enrolled");
}
