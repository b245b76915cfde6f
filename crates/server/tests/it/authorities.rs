//! The certificate authorities: the root that can be taken away, the ones below it, and what they revoked.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use arumbae_protocol::{Registry, Role, paths};
use arumbae_server::{AuthorityError, CarriedRoot, RunningServer};
use arumbae_signing::authority::{authority_id, issuer_id};
use arumbae_signing::certificate::{serial_of, validity_of};
use arumbae_signing::revocation::{RevocationReason, RevokedCertificate, read_revocation_list};
use arumbae_signing::trust::chain_above;
use http::Method;

use crate::device::{Device, client_pinning, unsigned};
use crate::fixture::{DAY_MS, Province, START_MS, invite};

const PASSPHRASE: &str = "perahu di laut Banda";

fn carried(province: &Province, passphrase: &str) -> CarriedRoot {
    CarriedRoot { path: province.folder.path().join("akar.pem"), passphrase: passphrase.to_owned().into() }
}

fn root_key(province: &Province) -> PathBuf {
    province.folder.path().join("data/keys/authority.key")
}

async fn certificate_of(server: &RunningServer, device: &Device) -> Vec<u8> {
    let registry = server.province().registry().await.expect("a registry");
    registry.certificates_of(device.person).last().expect("a certificate").der.clone()
}

async fn fetch(server: &RunningServer, path: &str) -> Vec<u8> {
    let answer = unsigned(server, Method::GET, path).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.bytes().await.expect("a body").to_vec()
}

/// What the authority that issued the certificates of a device has revoked, as anyone can read it.
async fn revoked(server: &RunningServer, authority_der: &[u8]) -> Vec<RevokedCertificate> {
    let id = authority_id(authority_der).expect("an authority");
    let list = fetch(server, &format!("{}/{id}.crl", paths::REVOCATION_LISTS)).await;
    read_revocation_list(&list, authority_der).expect("signed by its authority").revoked
}

async fn issuing(server: &RunningServer) -> Vec<Vec<u8>> {
    server.province().authorities().await.expect("the authorities").issuing
}

#[tokio::test]
async fn officers_certificates_lead_to_the_root_that_devices_pin() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let certificate = certificate_of(&server, &device).await;
    let issuing = issuing(&server).await;
    let root = server.province().ca_der().to_vec();
    let chain = chain_above(&certificate, &[&root, &issuing[0]]).expect("readable");
    assert_eq!(chain, [issuing[0].clone(), root.clone()]);
    for der in [&issuing[0], &root] {
        let id = authority_id(der).expect("an authority");
        assert_eq!(fetch(&server, &format!("{}/{id}.cer", paths::AUTHORITIES)).await, *der);
        assert_eq!(revoked(&server, der).await, []);
    }
    let unknown = unsigned(&server, Method::GET, &format!("{}/00.crl", paths::REVOCATION_LISTS)).send().await;
    assert_eq!(unknown.expect("an answer").status(), 404);
}

#[tokio::test]
async fn the_root_goes_away_and_comes_back_on_a_stick() {
    let province = Province::new();
    let server = province.start().await;
    let before = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let short = server.province().export_root(&carried(&province, "pendek")).await;
    assert!(matches!(short, Err(AuthorityError::ShortPassphrase)));
    let stick = carried(&province, PASSPHRASE);
    assert!(server.province().remove_root(&stick).await.is_err(), "it is nowhere else yet");
    server.province().export_root(&stick).await.expect("exported");
    assert!(server.province().export_root(&stick).await.is_err(), "a file is not overwritten");
    let wrong = server.province().remove_root(&carried(&province, "kata yang lain lagi")).await;
    assert!(matches!(wrong, Err(AuthorityError::NotThisRoot(_))));
    assert!(root_key(&province).exists(), "a file that does not open is no copy");
    server.province().remove_root(&stick).await.expect("removed");
    assert!(!root_key(&province).exists());
    server.stop().await.expect("stopped");

    // Everything goes on without it.
    let server = province.start().await;
    before.sync(&server, &before.request(&[])).await.expect("synced");
    let after = Device::enrolled(2, &server, Role::Petugas, "81.71.01").await;
    let overview = server.province().authorities().await.expect("the authorities");
    assert!(!overview.root_is_here);
    assert!(matches!(server.province().issue_authority(None, false).await, Err(AuthorityError::RootAway)));
    assert!(matches!(server.province().renew_root_list(None).await, Err(AuthorityError::RootAway)));

    server.province().issue_authority(Some(&stick), false).await.expect("issued with the key from the stick");
    assert!(!root_key(&province).exists(), "it does not stay behind");
    let issuing = issuing(&server).await;
    let newest = Device::enrolled(3, &server, Role::Petugas, "81.71.01").await;
    for (device, expected) in [(&after, &issuing[0]), (&newest, &issuing[1])] {
        let issuer = issuer_id(&certificate_of(&server, device).await).expect("readable");
        assert_eq!(issuer.as_deref(), Some(authority_id(expected).expect("an authority").as_str()));
    }
    assert_eq!(revoked(&server, server.province().ca_der()).await, [], "the one before still counts");
    // And what it issued can still be revoked, with a list of its own.
    let serial = serial_of(&certificate_of(&server, &after).await).expect("a serial number");
    assert!(server.province().revoke(after.device_key(), RevocationReason::Superseded).await.expect("revoked"));
    let listed = revoked(&server, &issuing[0]).await;
    assert_eq!(listed.iter().map(|revoked| &revoked.serial).collect::<Vec<_>>(), [&serial]);
    assert_eq!(revoked(&server, &issuing[1]).await, []);
}

#[tokio::test]
async fn an_issuing_key_that_was_stolen_is_on_the_roots_list() {
    let province = Province::new();
    let server = province.start().await;
    let old = issuing(&server).await.remove(0);
    server.province().issue_authority(None, true).await.expect("issued");
    let listed = revoked(&server, server.province().ca_der()).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].serial, serial_of(&old).expect("a serial number"));
    assert_eq!(listed[0].reason, RevocationReason::AuthorityCompromise);
}

#[tokio::test]
async fn a_lost_laptop_takes_its_certificate_along_at_once() {
    let province = Province::new();
    let server = province.start().await;
    let lost = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let kept = Device::enrolled(2, &server, Role::Petugas, "81.71.01").await;
    let issuing = issuing(&server).await.remove(0);
    assert_eq!(revoked(&server, &issuing).await, []);
    province.pass(DAY_MS);
    server.province().revoke(lost.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    let listed = revoked(&server, &issuing).await;
    let serial = |der: &[u8]| serial_of(der).expect("a serial number");
    assert_eq!(listed.len(), 1, "and nobody else's");
    assert_eq!(listed[0].serial, serial(&certificate_of(&server, &lost).await));
    assert_eq!(listed[0].reason, RevocationReason::KeyCompromise);
    assert_eq!(listed[0].at.as_millisecond() as u64, START_MS + DAY_MS);

    // A certificate by itself, by its number.
    let number = serial(&certificate_of(&server, &kept).await).to_string();
    let left = RevocationReason::AffiliationChanged;
    assert!(server.province().revoke_certificate(&number.to_uppercase(), left).await.expect("revoked"));
    assert!(!server.province().revoke_certificate(&number, left).await.expect("revoked before"));
    assert_eq!(revoked(&server, &issuing).await.len(), 2);
    let unknown = server.province().revoke_certificate("00ff", left).await;
    assert!(matches!(unknown, Err(AuthorityError::UnknownCertificate)));
}

#[tokio::test]
async fn lists_grow_old_and_are_made_anew() {
    let province = Province::new();
    let server = province.start().await;
    let issuing = issuing(&server).await.remove(0);
    let path = format!("{}/{}.crl", paths::REVOCATION_LISTS, authority_id(&issuing).expect("an authority"));
    let first = fetch(&server, &path).await;
    province.pass(10 * 60 * 1000);
    assert_eq!(fetch(&server, &path).await, first, "fresh enough");
    province.pass(DAY_MS);
    let later = read_revocation_list(&fetch(&server, &path).await, &issuing).expect("signed");
    assert_eq!(later.made_at.as_millisecond() as u64, START_MS + DAY_MS + 10 * 60 * 1000);
}

/// The folder of a province as the version before wrote it: one authority that issued everything itself.
fn province_of_one_level() -> Province {
    let province = Province::new();
    let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/one-level");
    copy(&released, &province.folder.path().join("data"));
    province
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder is in the repository") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[tokio::test]
async fn a_province_of_the_version_before_goes_on_and_gets_an_authority_below_its_root() {
    let province = province_of_one_level();
    let pinned = fs::read(province.folder.path().join("data/keys/authority.der")).expect("what devices pinned");
    let key = fs::read(root_key(&province)).expect("its key");
    let (valid_from, _) = validity_of(&pinned).expect("dates");
    province.now_ms.store(valid_from.as_millisecond() as u64 + 2 * DAY_MS, Ordering::SeqCst);
    let server = province.start().await;
    assert_eq!(fs::read(root_key(&province)).expect("still there"), key, "the same key");
    assert_ne!(server.province().ca_der(), pinned, "certified anew");
    assert_eq!(authority_id(server.province().ca_der()).ok(), authority_id(&pinned).ok());
    let registry = server.province().registry().await.expect("a registry");
    assert_eq!(registry.authorities().count(), 1);

    let url = format!("{}{}", server.url(), paths::INFO);
    let answer = client_pinning(&pinned).get(url).send().await.expect("devices trust the server as before");
    assert!(answer.status().is_success());
    server.stop().await.expect("stopped");

    let server = province.start().await;
    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    let response = Device::new(1).enrol(&server, &invitation).await.expect("enrolled");
    let mut whole = Registry::default();
    whole.extend(&response.registry, &invitation.registry_key).expect("one chain from the version before on");
    assert_eq!(whole.authorities().count(), 1, "once");
}
