//! New keys in the place of old ones, beside a running server.

use arumbae_protocol::{KeyLineage, Registry, Role};
use arumbae_server::Province as Served;
use arumbae_signing::certificate::serial_of;

use crate::device::Device;
use crate::fixture::{Province, invite};

#[tokio::test]
async fn a_running_server_signs_with_the_key_that_a_command_put_in_place() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let first = server.province().registry_key();
    let mut lane = device.lane("81.71.01");
    let early = device.seal(&mut lane, 2);
    let receipt = device.push(&server, &[&early]).await.receipts.remove(0);
    assert_eq!(receipt.verify(&first), Ok(()));

    let beside = Served::open(&province.config().data_dir, province.config().database.as_ref(), province.clock())
        .await
        .expect("opened");
    province.pass(1000);
    beside.rotate_registry_key().await.expect("rotated");
    let second = beside.registry_key();
    assert_ne!(first, second);
    let later = device.seal(&mut lane, 1);
    let answer = device.push(&server, &[&later, &early]).await;
    assert!(answer.receipts.iter().all(|receipt| receipt.verify(&second) == Ok(())), "also for what is asked again");

    // One device slept through this and the next change, another joins after both.
    province.pass(1000);
    beside.rotate_registry_key().await.expect("rotated again");
    let entries = device.sync(&server, &device.request(&[])).await.expect("synced").registry;
    let mut registry = Registry::default();
    registry.extend(&entries, &first).expect("followed from the first key");
    let keys: KeyLineage = registry.keys(first);
    assert_eq!(keys.current(), beside.registry_key());
    assert_eq!(keys.verify_receipt(&receipt), Ok(()), "what the first key receipted in its time");
    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    assert_eq!(invitation.registry_key, beside.registry_key());
    let response = Device::new(2).enrol(&server, &invitation).await.expect("enrolled");
    let mut joined = Registry::default();
    joined.extend(&response.registry, &invitation.registry_key).expect("followed back from the third key");

    let keys = std::fs::read_dir(province.folder.path().join("data/keys")).expect("the keys");
    let registry_keys =
        keys.filter(|file| file.as_ref().is_ok_and(|file| file.file_name().to_string_lossy().starts_with("registry")));
    assert_eq!(registry_keys.count(), 1, "retired keys are destroyed");
    server.stop().await.expect("stopped");
    let server = province.start().await;
    assert_eq!(server.province().registry_key(), beside.registry_key());
}

#[tokio::test]
async fn the_other_keys_change_with_an_entry_too() {
    let province = Province::new();
    let server = province.start().await;
    let before = server.province().authorities().await.expect("the authorities").time_stamping;
    let recovery = server.province().registry().await.expect("a registry").recovery_key();
    server.province().rotate_time_stamping(false).await.expect("rotated");
    server.province().rotate_recovery_key().await.expect("rotated");
    let registry = server.province().registry().await.expect("a registry");
    let after = server.province().authorities().await.expect("the authorities").time_stamping;
    assert_ne!(before, after);
    let superseded = &registry.revoked_certificates()[0];
    assert_eq!((superseded.serial.clone(), superseded.reason), (serial_of(&before).expect("a number").to_bytes(), 4));
    assert_ne!(registry.recovery_key(), recovery);
    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    assert_eq!(Some(invitation.recovery_key), registry.recovery_key(), "who joins now is given the new one");
    server.stop().await.expect("stopped");
    province.start().await;
}
