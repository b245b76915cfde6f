use arumbae_mergelog::DeviceKey;
use arumbae_protocol::Role;
use arumbae_server::storage::{StorageError, StoredInvitation};
use uuid::Uuid;

use super::{Backend, HERE, entries, on_every_backend};

on_every_backend!(
    an_invitation_is_found_as_it_was_made,
    an_invitation_is_redeemed_once,
    entries_that_do_not_fit_use_nothing_up,
    of_devices_at_once_one_redeems,
);

fn invitation(person: Option<Uuid>) -> StoredInvitation {
    StoredInvitation {
        fingerprint: [1; 32],
        role: Role::Petugas,
        scope: HERE.parse().expect("a scope"),
        person,
        expires_ms: 5,
        redeemed_by: None,
    }
}

async fn an_invitation_is_found_as_it_was_made(backend: &Backend) {
    let storage = backend.open().await;
    let made = invitation(Some(Uuid::from_u128(7)));
    storage.add_invitation(made.clone()).await.expect("kept");
    let other =
        StoredInvitation { fingerprint: [2; 32], scope: "81/terbatas".parse().expect("a scope"), ..invitation(None) };
    storage.add_invitation(other.clone()).await.expect("kept");
    assert_eq!(storage.find_invitation([1; 32]).await.expect("found"), Some(made));
    assert_eq!(storage.find_invitation([2; 32]).await.expect("found"), Some(other));
    assert_eq!(storage.find_invitation([3; 32]).await.expect("not found"), None);
}

async fn an_invitation_is_redeemed_once(backend: &Backend) {
    let storage = backend.open().await;
    storage.add_invitation(invitation(None)).await.expect("kept");
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
    storage.add_invitation(invitation(None)).await.expect("kept");
    let outcome = storage.redeem_invitation([1; 32], DeviceKey([1; 32]), entries(9, 1)).await;
    assert!(matches!(outcome, Err(StorageError::RegistryMoved)));
    assert_eq!(storage.find_invitation([1; 32]).await.expect("found"), Some(invitation(None)));
}

async fn of_devices_at_once_one_redeems(backend: &Backend) {
    backend.open().await.add_invitation(invitation(None)).await.expect("kept");
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
