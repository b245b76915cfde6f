//! Backups: made while the server works, put back after it died, and what devices bring back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arumbae_mergelog::segment::SealedSegment;
use arumbae_protocol::registry::{BroughtEntries, RegistryReach};
use arumbae_protocol::{FailureCode, Grant, Receipt, Role, SyncRequest, cbor, paths};
use arumbae_server::backup::{BackupError, BackupFolder, Destination, Manifest, Opening, SealedTo, restore};
use arumbae_server::storage::StorageError;
use arumbae_server::{Config, GrantError, Province as Served, RoleChange, RunningServer};
use arumbae_signing::revocation::RevocationReason;
use rand_core::OsRng;
use reqwest::Method;

use crate::device::{Device, LaneEnd, read, unsigned};
use crate::fixture::Province;
use crate::storage::Schema;

const PASSPHRASE: &str = "pala cengkih sagu";

fn prepare(root: &Path) -> BackupFolder {
    BackupFolder::prepare(root, SealedTo::Passphrase(PASSPHRASE.to_owned()), &mut OsRng).expect("a folder")
}

fn opening() -> Opening {
    Opening::Passphrase(PASSPHRASE.to_owned())
}

/// A province and where its backups go.
struct Office {
    province: Province,
    backups: PathBuf,
}

impl Office {
    fn new() -> Self {
        let province = Province::new();
        let backups = province.folder.path().join("cadangan");
        Office { province, backups }
    }

    async fn back_up(&self, server: &RunningServer) -> Manifest {
        let folder = prepare(&self.backups);
        server.province().back_up(&self.province.config().data_dir, &folder).await.expect("a backup")
    }

    /// The disk dies, and the newest backup is put back on another one.
    async fn lose_the_disk(&mut self) -> RunningServer {
        std::fs::remove_dir_all(self.province.config().data_dir).expect("the disk is gone");
        if self.province.database.is_some() {
            self.province.database = Some(Schema::new());
        }
        let folder = BackupFolder::open(&self.backups).expect("the backups");
        let newest = folder.newest(None).expect("a backup");
        let Config { data_dir, database, .. } = self.province.config();
        let place = Destination { database: database.as_ref(), ..into(&data_dir) };
        restore(&folder, &newest, &opening(), place, &self.province.clock()).await.expect("put back");
        self.province.start().await
    }
}

fn into(data_dir: &Path) -> Destination<'_> {
    Destination { data_dir, database: None, blobs: None }
}

/// Hands in what a restored server may have lost, with the receipts for it.
async fn bring_back(device: &Device, server: &RunningServer, held: &[(SealedSegment, Receipt)]) -> Vec<Receipt> {
    let segments: Vec<&SealedSegment> = held.iter().map(|(segment, _)| segment).collect();
    let receipts = held.iter().map(|(_, receipt)| receipt.clone()).collect();
    let request = SyncRequest { receipts, ..device.request(&segments) };
    let answer = device.sync(server, &request).await.expect("taken back");
    assert_eq!(answer.quarantine, [], "nothing receipted is refused");
    answer.receipts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_made_under_load_loses_nothing_that_a_device_still_has() {
    let mut office = Office::new();
    let server = Arc::new(office.province.start().await);
    let devices = [
        Arc::new(Device::enrolled(1, &server, Role::Petugas, "81.71.01").await),
        Arc::new(Device::enrolled(2, &server, Role::Petugas, "81.71.01").await),
        Arc::new(Device::enrolled(3, &server, Role::Petugas, "81.71.02").await),
    ];
    let stop = Arc::new(AtomicBool::new(false));
    let writing: Vec<_> = devices
        .iter()
        .zip(["81.71.01", "81.71.01", "81.71.02"])
        .map(|(device, scope)| {
            let (device, server, stop) = (Arc::clone(device), Arc::clone(&server), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut lane = device.lane(scope);
                let mut held: Vec<(SealedSegment, Receipt)> = Vec::new();
                while !stop.load(Ordering::SeqCst) || held.len() < 4 {
                    let segment = device.seal(&mut lane, 2);
                    let mut answer = device.push(&server, &[&segment]).await;
                    held.push((segment, answer.receipts.remove(0)));
                }
                held
            })
        })
        .collect();
    let first = office.back_up(&server).await;
    let second = office.back_up(&server).await;
    assert!(second.segments() >= first.segments());
    stop.store(true, Ordering::SeqCst);
    let mut receipted = Vec::new();
    for writer in writing {
        receipted.push(writer.await.expect("no panic"));
    }
    let behind = server.province().behind(&second).await.expect("what is behind");
    let missing: u64 = behind.scopes.iter().map(|scope| scope.now - scope.backed_up).sum();
    let all: u64 = receipted.iter().map(|held| held.len() as u64).sum();
    assert_eq!(second.segments() + missing, all, "the backup and what came since are everything");
    Arc::into_inner(server).expect("nobody else holds it").stop().await.expect("stopped");

    let server = office.lose_the_disk().await;
    for (device, held) in devices.iter().zip(&receipted) {
        let again = bring_back(device, &server, held).await;
        for (receipt, (_, first)) in again.iter().zip(held) {
            assert_eq!((receipt.hash, receipt.received_ms), (first.hash, first.received_ms), "since when it is known");
        }
    }
    let Config { data_dir, database, .. } = office.province.config();
    let found = Served::verify(&data_dir, database.as_ref(), None).await.expect("walked");
    assert_eq!((found.segments, found.faults), (all, vec![]));
}

#[tokio::test]
async fn a_restored_province_is_the_same_one() {
    let mut office = Office::new();
    let server = office.province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let mut lane = device.lane("81.71.01");
    let (first, second) = (device.seal(&mut lane, 2), device.seal(&mut lane, 1));
    let receipts = device.push(&server, &[&first, &second]).await.receipts;
    // A fork: the lane is frozen and the other branch in the quarantine.
    let mut other = LaneEnd { next_seq: 3, head: first.hash(), ..device.lane("81.71.01") };
    device.push(&server, &[&device.seal(&mut other, 2)]).await;
    let (invitation, code) = {
        let scope = "81.71.02".parse().expect("a scope");
        let new = arumbae_server::NewInvitation { role: Role::Ketua, scope, days: 3, person: None, server_url: None };
        server.province().invite_with_code(new).await.expect("an invitation")
    };
    let ca = server.province().ca_der().to_vec();
    let registry = server.province().registry().await.expect("a registry");
    office.back_up(&server).await;
    server.stop().await.expect("stopped");

    let server = office.lose_the_disk().await;
    assert_eq!(server.province().ca_der(), ca);
    assert_eq!(*server.province().registry().await.expect("a registry"), *registry);
    let again = device.push(&server, &[&first, &second]).await.receipts;
    assert_eq!(again, receipts, "the same receipts, byte for byte");
    let next = device.seal(&mut lane, 1);
    let refused = device.push(&server, &[&next]).await;
    assert_eq!(refused.receipts, [], "a frozen lane stays frozen");
    assert_eq!(server.province().quarantined().await.expect("counted"), 2);
    let open = server.province().invitations().await.expect("a list");
    let numbers: Vec<u16> = open.iter().filter_map(|open| open.code.as_ref()).map(|kept| kept.number).collect();
    assert_eq!(numbers, [code.number()]);
    assert!(server.province().settle().await.expect("settled"), "then administration goes on");
    Device::new(4).enrol(&server, &invitation).await.expect("an invitation from before is good");
}

#[tokio::test]
async fn what_was_revoked_after_the_backup_is_brought_back_first() {
    let mut office = Office::new();
    let server = office.province.start().await;
    let author = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let witness = Device::enrolled(2, &server, Role::Ketua, "81.71").await;
    office.back_up(&server).await;
    let segment = author.seal(&mut author.lane("81.71.01"), 1);
    let receipt = author.push(&server, &[&segment]).await.receipts.remove(0);
    let late = Device::enrolled(3, &server, Role::Petugas, "81.71.02").await;
    server.province().revoke(author.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    let entries = server.province().registry_entries().await.expect("the entries");
    server.stop().await.expect("stopped");

    let server = office.lose_the_disk().await;
    let grant = Grant { person: witness.person, role: Role::Ketua, scope: "81.72".parse().expect("a scope") };
    let early = server.province().change_roles(RoleChange::Grant(grant.clone())).await;
    assert!(matches!(early, Err(GrantError::Storage(StorageError::Unsettled))), "two entries of one number");
    let unknown = late.sync(&server, &late.request(&[])).await.map(|_| ());
    assert_eq!(unknown, Err(FailureCode::UnknownDevice), "enrolled after the backup");

    let known = server.province().registry().await.expect("a registry").seq() as usize;
    let bring = |entries| {
        let body = cbor::to_bytes(&BroughtEntries { entries });
        unsigned(&server, Method::POST, paths::REGISTRY).body(body)
    };
    let mut forged = entries[known..].to_vec();
    forged[0].at_ms += 1;
    let answer: RegistryReach = read(bring(forged).send().await.expect("an answer")).await.expect("answered");
    assert_eq!(answer.registry_seq as usize, known, "what the province did not sign is passed over");
    let answer: RegistryReach =
        read(bring(entries[known..].to_vec()).send().await.expect("an answer")).await.expect("answered");
    assert_eq!(answer.registry_seq as usize, entries.len());
    late.sync(&server, &late.request(&[])).await.expect("known again");

    let refused = author.sync(&server, &author.request(&[])).await.map(|_| ());
    assert_eq!(refused, Err(FailureCode::RevokedDevice), "and so is the revocation");
    let again = bring_back(&witness, &server, &[(segment, receipt.clone())]).await;
    assert_eq!(again[0].received_ms, receipt.received_ms, "what it had before it was revoked, by whoever has it");
    assert!(server.province().settle().await.expect("settled"));
    assert!(server.province().change_roles(RoleChange::Grant(grant)).await.expect("granted"));
}

#[tokio::test]
async fn only_what_is_new_is_written_and_any_backup_can_be_put_back() {
    let office = Office::new();
    let server = office.province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let mut lane = device.lane("81.71.01");
    device.push(&server, &[&device.seal(&mut lane, 1)]).await;
    let first = office.back_up(&server).await;
    office.province.pass(60_000);
    device.push(&server, &[&device.seal(&mut lane, 1)]).await;
    let second = office.back_up(&server).await;
    assert_eq!((first.segments(), second.segments()), (1, 2));
    assert_eq!(second.log[..first.log.len()], first.log, "what is there is named again");
    server.stop().await.expect("stopped");

    let folder = BackupFolder::open(&office.backups).expect("the backups");
    let earlier = folder.newest(Some(first.made_ms)).expect("a backup");
    let data = office.province.folder.path().join("lain");
    let restored =
        restore(&folder, &earlier, &opening(), into(&data), &office.province.clock()).await.expect("put back");
    assert_eq!(restored.segments, 1);
}

#[tokio::test]
async fn a_backup_that_cannot_be_trusted_is_not_put_back() {
    let office = Office::new();
    let server = office.province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    device.push(&server, &[&device.seal(&mut device.lane("81.71.01"), 1)]).await;
    let manifest = office.back_up(&server).await;
    server.stop().await.expect("stopped");
    let folder = BackupFolder::open(&office.backups).expect("the backups");
    let clock = office.province.clock();
    let elsewhere = office.province.folder.path().join("lain");

    let wrong = Opening::Passphrase("bukan itu".to_owned());
    let outcome = restore(&folder, &manifest, &wrong, into(&elsewhere), &clock).await;
    assert!(matches!(outcome, Err(BackupError::WrongKey)));
    let outcome = restore(&folder, &manifest, &opening(), into(&office.province.config().data_dir), &clock).await;
    assert!(matches!(outcome, Err(BackupError::NotEmpty { .. })), "nothing is overwritten");

    let packs = office.backups.join("packs");
    for file in std::fs::read_dir(&packs).expect("the packs") {
        let path = file.expect("a file").path();
        let whole = std::fs::read(&path).expect("readable");
        let mut damaged = whole.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        std::fs::write(&path, damaged).expect("written");
        let outcome = restore(&folder, &manifest, &opening(), into(&elsewhere), &clock).await;
        assert!(matches!(outcome, Err(BackupError::Damaged { .. })), "{outcome:?}");
        assert!(!elsewhere.exists(), "and nothing is left of it");
        std::fs::write(&path, whole).expect("written");
    }
    let manifests = office.backups.join("manifests");
    let path = std::fs::read_dir(&manifests).expect("manifests").next().expect("one").expect("readable").path();
    let text = std::fs::read_to_string(&path).expect("readable").replace("\"gsn\": 1", "\"gsn\": 2");
    std::fs::write(&path, text).expect("written");
    assert!(matches!(folder.newest(None), Err(BackupError::Damaged { .. })), "signed by the province");

    let new = BackupFolder::prepare(&office.province.folder.path().join("baru"), SealedTo::AsBefore, &mut OsRng);
    assert!(matches!(new, Err(BackupError::NoRecipient)));
}

#[tokio::test]
async fn nothing_readable_lies_in_a_backup() {
    let office = Office::new();
    let server = office.province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    device.push(&server, &[&device.seal(&mut device.lane("81.71.01"), 1)]).await;
    office.back_up(&server).await;
    let key = std::fs::read(office.province.config().data_dir.join("keys/registry.key")).expect("the key");
    let mut folders = vec![office.backups.clone()];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("readable") {
            let path = file.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("readable");
            let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!holds(device.name.as_bytes()) && !holds(&key), "{}", path.display());
        }
    }
}
