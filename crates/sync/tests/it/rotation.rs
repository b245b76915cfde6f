//! New keys of the province: laptops that were there, one that slept, one that came later.

use std::path::Path;

use arumbae_protocol::{RegistryKey, Role};
use arumbae_store::{Store, SyncState};
use rand_core::OsRng;

use crate::province::{Laptop, Province, finding};

fn pinned(laptop: &Laptop) -> RegistryKey {
    RegistryKey(laptop.store().enrolment().expect("readable").expect("enrolled").registry_key)
}

/// The secrets of recovery keys in the province's folder, by file name: the first one bears none.
fn recovery_secrets(data_dir: &Path) -> Vec<[u8; 32]> {
    let mut files: Vec<_> = std::fs::read_dir(data_dir.join("keys"))
        .expect("the keys")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("recovery")))
        .collect();
    files.sort();
    files.iter().map(|path| std::fs::read(path).expect("readable").try_into().expect("32 bytes")).collect()
}

#[tokio::test]
async fn laptops_of_every_age_follow_the_provinces_keys() {
    let province = Province::found().await;
    let mut awake = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut asleep = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    let (before, between, after) = (finding("Sebelum"), finding("Di antara"), finding("Sesudah"));
    awake.write(&before);
    awake.engine.synchronize().await.expect("sent");

    let office = province.server().province();
    office.rotate_registry_key().await.expect("rotated");
    awake.write(&between);
    awake.engine.synchronize().await.expect("sent under the second key");
    office.rotate_registry_key().await.expect("rotated again");
    office.rotate_recovery_key().await.expect("rotated");
    office.rotate_time_stamping(false).await.expect("rotated");
    office.issue_authority(None, false).await.expect("issued");
    awake.write(&after);
    awake.engine.synchronize().await.expect("sent under the third key");

    let written_asleep = finding("Ditulis selama tidur");
    asleep.scope = awake.scope.clone();
    asleep.write(&written_asleep);
    asleep.engine.synchronize().await.expect("woken up after two changes");
    let mut late = province.laptop("Petugas Baru Contoh", Role::Petugas, "81.71.01").await;
    late.engine.synchronize().await.expect("joined after them");
    awake.engine.synchronize().await.expect("and the first one sees the newest work");

    assert_eq!(pinned(&awake), pinned(&asleep));
    assert_ne!(pinned(&awake), pinned(&late), "each keeps the key it was given");
    for laptop in [&awake, &asleep, &late] {
        for one in [&before, &between, &after, &written_asleep] {
            assert_eq!(laptop.read(one.id).as_ref(), Some(one));
            assert_eq!(laptop.sync_state(one.id), SyncState::Sent);
        }
    }

    // Whoever knows any of the keys can check a proof made on any of the laptops.
    for laptop in [&awake, &asleep, &late] {
        for record in [before.id, between.id, after.id] {
            let proof = laptop.store().record_proof(record, laptop.surroundings().now_ms()).expect("a proof");
            for known in [pinned(&awake), pinned(&late)] {
                let report = proof.check(Some(&known));
                assert_eq!(report.faults, [], "{:?}", report.gaps);
            }
        }
    }
}

#[tokio::test]
async fn a_recovery_slot_is_sealed_anew_to_the_new_recovery_key() {
    let province = Province::found().await;
    let mut laptop = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    province.server().province().rotate_recovery_key().await.expect("rotated");
    let secrets = recovery_secrets(province.data_dir());
    assert_eq!(secrets.len(), 2, "the old one is kept for laptops that have not heard of the new one");
    laptop.engine.synchronize().await.expect("heard of it");
    let folder = laptop.shut_down();
    let opens = |secret: &[u8; 32]| {
        Store::unlock_with_recovery_key(folder.path(), secret, None, "sandi-baru-contoh", 0, &mut OsRng).is_ok()
    };
    let opening = secrets.iter().filter(|secret| opens(secret)).count();
    assert_eq!(opening, 1, "the new one, and no longer the old one");
}
