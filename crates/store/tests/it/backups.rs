//! Backups: made beside the work, checked, kept few, and gone on from as copies.

use std::fs;
use std::path::Path;

use arumbae_store::{Backup, Store};
use rand_core::OsRng;

use crate::fixture::{NOW_MS, PASSPHRASE, carry, event, get, laptop, put, report, sealed};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn unlock(folder: &Path) -> Store {
    Store::unlock(folder, PASSPHRASE, NOW_MS, &mut OsRng).expect("opens")
}

/// Where a backup lies, as a person finds it: the one with its number.
fn file_of(folder: &Path, backup: &Backup) -> std::path::PathBuf {
    let prefix = format!("{:06}-", backup.number);
    let mut entries =
        fs::read_dir(folder.join("backups")).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .find(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(&prefix)))
        .expect("the backup is a file")
}

#[test]
fn a_backup_carried_elsewhere_opens_and_goes_on_under_its_own_incarnation() {
    let mut laptop = laptop("Penguji");
    let mut lhp = report("001");
    put(&mut laptop.store, &lhp);
    let backup = laptop.store.back_up(NOW_MS).expect("backed up");
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    fs::copy(file_of(laptop.dir.path(), &backup), elsewhere.path().join("store.db")).expect("copied");
    fs::copy(laptop.dir.path().join("backups/slots.json"), elsewhere.path().join("slots.json")).expect("copied");

    // The original goes on after the backup, and so does the copy.
    lhp.stage = "Masa tenang".to_owned();
    put(&mut laptop.store, &lhp);
    let mut copy = unlock(elsewhere.path());
    assert_ne!(copy.incarnation(), laptop.store.incarnation());
    assert_eq!(copy.device_key(), laptop.store.device_key());
    copy.check_integrity().expect("whole");
    let extra = event("Setelah pemulihan");
    put(&mut copy, &extra);
    let outcome = carry(&mut laptop.store, &mut copy);
    assert_eq!(outcome.forked, [], "the original's lane goes on, it does not fork");
    assert_eq!(get(&copy, &lhp).stage, "Masa tenang");
    assert_eq!(copy.document(lhp.id).expect("readable").expect("there").conflicts, [], "equal values collapse");
    let before = copy.state_fingerprint().expect("readable");
    copy.rebuild_from_log().expect("rebuilt");
    assert_eq!(copy.state_fingerprint().expect("readable"), before);
}

/// As a person at a terminal names it. On Windows the temporary folder may lie on another drive.
#[cfg(unix)]
#[test]
fn a_folder_named_from_where_one_stands_is_backed_up_and_recovered() {
    let mut laptop = laptop("Penguji");
    let lhp = report("001");
    put(&mut laptop.store, &lhp);
    let written = get(&laptop.store, &lhp);
    drop(laptop.store);
    let here = std::env::current_dir().expect("a folder");
    let up: std::path::PathBuf = here.components().skip(1).map(|_| "..").collect();
    let folder = up.join(laptop.dir.path().strip_prefix("/").expect("an absolute path"));
    unlock(&folder).back_up(NOW_MS).expect("backed up");
    let (store, recovered) = Store::recover(&folder, PASSPHRASE, None, NOW_MS, &mut OsRng).expect("recovered");
    assert!(recovered.is_complete(), "{recovered:?}");
    assert_eq!(get(&store, &lhp), written);
}

#[test]
fn a_backup_is_made_while_work_goes_on() {
    let mut laptop = laptop("Penguji");
    let (before, meanwhile) = (event("Sebelum"), event("Sementara"));
    put(&mut laptop.store, &before);
    let job = laptop.store.prepare_backup(NOW_MS).expect("prepared");
    let made = std::thread::spawn(move || job.run());
    put(&mut laptop.store, &meanwhile);
    let backup = made.join().expect("no panic").expect("made");
    put(&mut laptop.store, &event("Sesudah"));
    assert_eq!(Store::backups(laptop.dir.path()).expect("readable"), [backup]);
    laptop.store.check_integrity().expect("whole");
}

#[test]
fn backups_are_due_once_a_day_and_kept_few() {
    let mut laptop = laptop("Penguji");
    assert!(laptop.store.is_backup_due(NOW_MS).expect("readable"), "there is none yet");
    for day in 0..12 {
        let now_ms = NOW_MS + day * DAY_MS;
        assert!(laptop.store.is_backup_due(now_ms).expect("readable"));
        let backup = laptop.store.back_up(now_ms).expect("made");
        assert_eq!((u64::from(backup.number), backup.made_ms), (day + 1, now_ms));
        assert!(!laptop.store.is_backup_due(now_ms + 3_600_000).expect("readable"));
        assert!(
            laptop.store.is_backup_due(0).expect("readable"),
            "a clock set back does not keep a backup from being made"
        );
    }
    let numbers: Vec<u32> =
        Store::backups(laptop.dir.path()).expect("readable").iter().map(|backup| backup.number).collect();
    // The first was made on a Tuesday (UTC), so the sixth on the Sunday that ends its week.
    assert_eq!(numbers, [12, 11, 10, 9, 6]);
}

#[test]
fn a_backup_that_fails_leaves_those_before_and_nothing_else() {
    let mut laptop = laptop("Penguji");
    let hash = laptop.store.put_blob(&vec![7; 500_000]).expect("kept");
    let good = laptop.store.back_up(NOW_MS).expect("made");
    drop(laptop.store);
    let database = laptop.dir.path().join("store.db");
    let mut bytes = fs::read(&database).expect("readable");
    let middle = bytes.len() - 250_000;
    bytes[middle..middle + 50].fill(0);
    fs::write(&database, &bytes).expect("writable");
    let mut store = unlock(laptop.dir.path());
    assert!(store.back_up(NOW_MS + DAY_MS).is_err(), "this is how damage is noticed that nobody has read yet");
    assert_eq!(Store::backups(laptop.dir.path()).expect("readable"), [good]);
    put(&mut store, &event("Kerja jalan terus"));
    drop(store);
    let left: Vec<_> = fs::read_dir(laptop.dir.path().join("backups")).expect("a folder").collect();
    assert_eq!(left.len(), 3, "the backup, the slots and the lock, got {left:?}");
    let (store, recovered) =
        Store::recover(laptop.dir.path(), PASSPHRASE, None, NOW_MS, &mut OsRng).expect("recovered");
    assert_eq!(store.blob(hash).expect("readable").map(|bytes| bytes.len()), Some(500_000), "the backup had it");
    assert!(recovered.is_complete(), "got {recovered:?}");
}

/// Replaces the database by hand with an older copy of it, and checks that what follows is a new incarnation.
#[track_caller]
fn check_noticed(copy: impl FnOnce(&mut Store, &Path) -> Vec<u8>) {
    let (mut officer, mut reader) = (laptop("Petugas"), laptop("Pembaca"));
    let mut lhp = report("001");
    put(&mut officer.store, &lhp);
    let older = copy(&mut officer.store, officer.dir.path());
    let incarnation = officer.store.incarnation();
    lhp.stage = "Masa tenang".to_owned();
    put(&mut officer.store, &lhp);
    carry(&mut officer.store, &mut reader.store);
    drop(officer.store);
    fs::write(officer.dir.path().join("store.db"), older).expect("replaced");
    let mut officer = unlock(officer.dir.path());
    assert_ne!(officer.incarnation(), incarnation, "numbers that left the device are not used again");
    lhp.stage = "Rekapitulasi".to_owned();
    put(&mut officer, &lhp);
    let outcome = carry(&mut officer, &mut reader.store);
    assert_eq!((outcome.forked.len(), outcome.quarantined), (0, 0), "nothing forks");
    carry(&mut reader.store, &mut officer);
    let values = |store: &Store| store.document(lhp.id).expect("readable").expect("there").conflicts[0].heads.len();
    assert_eq!((values(&officer), values(&reader.store)), (2, 2), "what the older copy did not know stands beside");
    drop(officer);
    drop(reader);
}

#[test]
fn a_backup_put_in_place_by_hand_is_noticed() {
    check_noticed(|store, folder| {
        let backup = store.back_up(NOW_MS).expect("backed up");
        fs::read(file_of(folder, &backup)).expect("readable")
    });
}

#[test]
fn an_older_copy_of_the_file_put_in_place_by_hand_is_noticed() {
    check_noticed(|store, folder| {
        // What was sealed is in the file itself once the store was closed; while it is open, a copy needs the log too.
        sealed(store);
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        for file in ["store.db", "store.db-wal", "slots.json"] {
            fs::copy(folder.join(file), elsewhere.path().join(file)).expect("copied");
        }
        drop(unlock(elsewhere.path()));
        fs::read(elsewhere.path().join("store.db")).expect("readable")
    });
}
