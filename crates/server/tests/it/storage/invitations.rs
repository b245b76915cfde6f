use arumbae_mergelog::DeviceKey;
use arumbae_protocol::Role;
use arumbae_server::storage::{StorageError, StoredCode, StoredInvitation};
use uuid::Uuid;

use super::{Backend, HERE, entries, on_every_backend};

on_every_backend!(
    an_invitation_is_found_as_it_was_made,
    an_invitation_is_redeemed_once,
    entries_that_do_not_fit_use_nothing_up,
    of_devices_at_once_one_redeems,
    no_two_open_codes_share_a_number,
    tries_of_a_code_are_counted_one_by_one,
    an_invitation_that_was_taken_back_is_not_redeemed,
);

fn invitation(person: Option<Uuid>) -> StoredInvitation {
    StoredInvitation {
        fingerprint: [1; 32],
        role: Role::Petugas,
        scope: HERE.parse().expect("a scope"),
        person,
        expires_ms: 5,
        made_ms: 1,
        redeemed_by: None,
        revoked_ms: None,
        code: None,
    }
}

/// One that was made at a moment and lasts ten milliseconds, with a code.
fn coded(fingerprint: u8, made_ms: u64, number: u16) -> StoredInvitation {
    let server_url = "https://x.invalid".to_owned();
    StoredInvitation {
        fingerprint: [fingerprint; 32],
        made_ms,
        expires_ms: made_ms + 10,
        code: Some(StoredCode { number, salt: [3; 16], server_url, tries: 0, tried_ms: 0 }),
        ..invitation(None)
    }
}

async fn no_two_open_codes_share_a_number(backend: &Backend) {
    let storage = backend.open().await;
    let (first, second) = (coded(10, 100, 7), coded(11, 105, 7));
    assert!(storage.add_invitation(first.clone(), entries(1, 1)).await.expect("kept"));
    assert!(!storage.add_invitation(second.clone(), entries(2, 1)).await.expect("answered"), "the number is taken");
    assert_eq!(storage.registry_after(1).await.expect("entries"), [], "and nothing was entered");
    assert_eq!(storage.find_code(7, 110).await.expect("found"), Some(first.clone()));
    assert_eq!(storage.find_code(7, 111).await.expect("over"), None);
    assert_eq!(storage.find_code(8, 110).await.expect("none"), None);
    assert!(storage.revoke_invitation(first.fingerprint, 106, entries(2, 1)).await.expect("taken back"));
    assert!(storage.add_invitation(second, Vec::new()).await.expect("the number is free again"));
    let names: Vec<u8> = storage.invitations().await.expect("a list").iter().map(|made| made.fingerprint[0]).collect();
    assert_eq!(names, [10, 11], "in the order they were made");
}

async fn tries_of_a_code_are_counted_one_by_one(backend: &Backend) {
    let storage = backend.open().await;
    let made = coded(10, 100, 7);
    storage.add_invitation(made.clone(), Vec::new()).await.expect("kept");
    assert!(storage.count_try(made.fingerprint, 0, 101).await.expect("counted"));
    assert!(!storage.count_try(made.fingerprint, 0, 102).await.expect("answered"), "somebody else counted");
    let tried = storage.find_code(7, 110).await.expect("found").and_then(|found| found.code).expect("a code");
    assert_eq!((tried.tries, tried.tried_ms), (1, 101));
}

async fn an_invitation_that_was_taken_back_is_not_redeemed(backend: &Backend) {
    let storage = backend.open().await;
    let made = coded(10, 100, 7);
    storage.add_invitation(made.clone(), Vec::new()).await.expect("kept");
    assert!(storage.revoke_invitation(made.fingerprint, 106, entries(1, 1)).await.expect("taken back"));
    assert!(!storage.revoke_invitation(made.fingerprint, 107, entries(2, 1)).await.expect("before"));
    assert!(!storage.redeem_invitation(made.fingerprint, DeviceKey([1; 32]), entries(2, 1)).await.expect("refused"));
    assert_eq!(storage.registry_after(0).await.expect("entries"), entries(1, 1));
    assert_eq!(storage.find_code(7, 106).await.expect("over"), None);
}

async fn an_invitation_is_found_as_it_was_made(backend: &Backend) {
    let storage = backend.open().await;
    let made = invitation(Some(Uuid::from_u128(7)));
    storage.add_invitation(made.clone(), Vec::new()).await.expect("kept");
    let other =
        StoredInvitation { fingerprint: [2; 32], scope: "81/terbatas".parse().expect("a scope"), ..invitation(None) };
    storage.add_invitation(other.clone(), Vec::new()).await.expect("kept");
    assert_eq!(storage.find_invitation([1; 32]).await.expect("found"), Some(made));
    assert_eq!(storage.find_invitation([2; 32]).await.expect("found"), Some(other));
    assert_eq!(storage.find_invitation([3; 32]).await.expect("not found"), None);
}

async fn an_invitation_is_redeemed_once(backend: &Backend) {
    let storage = backend.open().await;
    storage.add_invitation(invitation(None), Vec::new()).await.expect("kept");
    let (first, second) = (DeviceKey([1; 32]), DeviceKey([2; 32]));
    assert!(storage.redeem_invitation([1; 32], first, entries(1, 2)).await.expect("redeemed"));
    assert!(!storage.redeem_invitation([1; 32], second, entries(3, 1)).await.expect("used"));
    assert_eq!(storage.registry_after(0).await.expect("entries"), entries(1, 2), "the loser enters nothing");
    let used = StoredInvitation { redeemed_by: Some(first), ..invitation(None) };
    assert_eq!(storage.find_invitation([1; 32]).await.expect("found"), Some(used));
    assert!(!storage.redeem_invitation([9; 32], first, entries(3, 1)).await.expect("there is none"));
}

async fn entries_that_do_not_fit_use_nothing_up(backend: &Backend) {
    let storage = backend.open().await;
    storage.add_invitation(invitation(None), Vec::new()).await.expect("kept");
    let outcome = storage.redeem_invitation([1; 32], DeviceKey([1; 32]), entries(9, 1)).await;
    assert!(matches!(outcome, Err(StorageError::RegistryMoved)));
    assert_eq!(storage.find_invitation([1; 32]).await.expect("found"), Some(invitation(None)));
}

async fn of_devices_at_once_one_redeems(backend: &Backend) {
    backend.open().await.add_invitation(invitation(None), Vec::new()).await.expect("kept");
    let mut redeeming = Vec::new();
    for device in 1..=8 {
        let storage = backend.open().await;
        redeeming.push(tokio::spawn(async move {
            storage.redeem_invitation([1; 32], DeviceKey([device; 32]), entries(1, 1)).await
        }));
    }
    let mut redeemed = 0;
    for outcome in redeeming {
        redeemed += u32::from(outcome.await.expect("no panic").expect("an answer"));
    }
    assert_eq!(redeemed, 1);
    assert_eq!(backend.open().await.registry_after(0).await.expect("entries"), entries(1, 1));
}
