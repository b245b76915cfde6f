//! Administrative acts: what follows from them, and how they stand in the log.

use arumbae_protocol::registry::{Act, Deed, Operator};
use arumbae_protocol::{FailureCode, Grant, Registry, RegistryEntry, Role, SyncRequest};
use arumbae_server::{GrantError, Province as Served, RoleChange, RunningServer};
use arumbae_signing::revocation::RevocationReason;

use crate::device::{Device, cursor};
use crate::fixture::{Province, invite};

async fn beside(province: &Province, reason: &str) -> Served {
    let config = province.config();
    let opened = Served::open(&config.data_dir, config.database.as_ref(), province.clock()).await.expect("opened");
    let operator = Operator { account: "ani".to_owned(), host: "mini-pc".to_owned(), ..Operator::default() };
    opened.acting_for(operator, Some(reason.to_owned()))
}

async fn acts(server: &RunningServer) -> Vec<(Deed, Act)> {
    let entries = server.province().registry_entries().await.expect("the entries");
    let acts = entries.iter().filter_map(|entry| match entry.decode() {
        Ok(RegistryEntry::Act(act)) => Some((act.deed, act)),
        _ => None,
    });
    acts.collect()
}

/// What a device reads at its next sync.
async fn scopes_read(device: &Device, server: &RunningServer) -> Vec<String> {
    let answer = device.sync(server, &device.request(&[])).await.expect("synchronized");
    answer.cursors.into_iter().map(|cursor| cursor.scope.to_string()).collect()
}

#[tokio::test]
async fn roles_that_are_given_and_taken_reach_the_device_with_its_next_sync() {
    let province = Province::new();
    let server = province.start().await;
    let author = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let neighbour = Device::enrolled(2, &server, Role::Petugas, "81.71.02").await;
    author.push(&server, &[&author.seal(&mut author.lane("81.71.01"), 1)]).await;
    neighbour.push(&server, &[&neighbour.seal(&mut neighbour.lane("81.71.02"), 1)]).await;
    assert_eq!(scopes_read(&author, &server).await, ["81.71.01"]);

    let there = |role| Grant { person: author.person, role, scope: "81.71.02".parse().expect("a scope") };
    let admin = beside(&province, "Membantu kecamatan sebelah").await;
    assert!(admin.change_roles(RoleChange::Grant(there(Role::Petugas))).await.expect("granted"));
    assert!(!admin.change_roles(RoleChange::Grant(there(Role::Petugas))).await.expect("granted before"));
    assert_eq!(scopes_read(&author, &server).await, ["81.71.01", "81.71.02"]);

    admin.change_roles(RoleChange::Replace(there(Role::Ketua))).await.expect("moved");
    assert_eq!(scopes_read(&author, &server).await, ["81.71.02"], "who moves leaves the old office");
    admin.change_roles(RoleChange::Withdraw(there(Role::Ketua))).await.expect("withdrawn");
    assert_eq!(scopes_read(&author, &server).await, [""; 0]);
    let outcome = admin.change_roles(RoleChange::Withdraw(there(Role::Ketua))).await;
    assert!(matches!(outcome, Err(GrantError::NotHeld)));
    let misfit = Grant { role: Role::PengawasProvinsi, ..there(Role::Ketua) };
    assert!(matches!(admin.change_roles(RoleChange::Grant(misfit)).await, Err(GrantError::RoleDoesNotFit { .. })));

    let deeds: Vec<Deed> = acts(&server).await.into_iter().map(|(deed, _)| deed).collect();
    assert_eq!(deeds[5..], [Deed::Grant, Deed::Grant, Deed::Withdraw], "what changed nothing is no act");
}

#[tokio::test]
async fn every_act_says_who_did_it_by_which_right_and_why() {
    let province = Province::new();
    let server = province.start().await;
    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    let device = Device::new(1);
    device.enrol(&server, &invitation).await.expect("enrolled");
    let admin = beside(&province, "Laptop hilang").await;
    admin.revoke(device.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");

    let acts = acts(&server).await;
    let deeds: Vec<Deed> = acts.iter().map(|(deed, _)| *deed).collect();
    assert_eq!(deeds, [Deed::Found, Deed::Invite, Deed::Enrol, Deed::RevokeDevice]);
    let key = hex::encode(&server.province().registry_key().0[..4]);
    let (_, revoking) = &acts[3];
    assert_eq!((revoking.by.account.as_str(), revoking.by.host.as_str()), ("ani", "mini-pc"));
    assert_eq!(revoking.by.credential, format!("registry:{key}"));
    assert_eq!(revoking.reason.as_deref(), Some("Laptop hilang"));
    assert_eq!(revoking.entries, 2, "the device, its owner's certificate");
    assert_eq!(revoking.subject, hex::encode(&device.device_key().0[..4]));
    let (_, enrolling) = &acts[2];
    let token = hex::encode(&invitation.token.fingerprint()[..4]);
    assert_eq!(enrolling.by.credential, format!("invitation:{token}"), "who let the device in is found by this");
    assert_eq!(enrolling.entries, 4, "person, device, role, certificate");

    let refused = device.sync(&server, &SyncRequest::default()).await.map(|_| ());
    assert_eq!(refused, Err(FailureCode::RevokedDevice));
    let entries = server.province().registry_entries().await.expect("the entries");
    let folded = Registry::replay(&entries).expect("one chain");
    assert_eq!(folded.unread(), 0);
}

#[tokio::test]
async fn the_server_knows_when_a_device_was_last_heard_of_and_what_it_has_not_read() {
    let province = Province::new();
    let server = province.start().await;
    let author = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let reader = Device::enrolled(2, &server, Role::Ketua, "81.71").await;
    let mut lane = author.lane("81.71.01");
    let segments: Vec<_> = (0..3).map(|_| author.seal(&mut lane, 1)).collect();
    author.push(&server, &segments.iter().collect::<Vec<_>>()).await;
    let little = SyncRequest { credit_bytes: 0, ..reader.request(&[]) };
    reader.sync(&server, &little).await.expect("one segment");
    let unread = |contacts: Vec<arumbae_server::storage::Contact>, device: &Device| {
        contacts.into_iter().find(|contact| contact.device == device.device_key()).map(|contact| contact.unread)
    };
    let contacts = server.province().contacts().await.expect("contacts");
    assert_eq!((unread(contacts.clone(), &reader), unread(contacts, &author)), (Some(2), Some(0)));
    let on = SyncRequest { cursors: vec![cursor("81.71.01", 1)], ..reader.request(&[]) };
    reader.sync(&server, &on).await.expect("the rest");
    assert_eq!(unread(server.province().contacts().await.expect("contacts"), &reader), Some(0));
}
