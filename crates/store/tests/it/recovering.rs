//! A damaged store: what is saved, what is named as lost, and that nothing is deleted.

use std::fs;
use std::path::Path;

use arumbae_domain::schema::RecordKind;
use arumbae_store::{Recovered, Store, StoreError};
use rand_core::OsRng;

use crate::fixture::{Laptop, NOW_MS, PASSPHRASE, carry, event, get, laptop, put, report, sealed};

fn recover(folder: &Path) -> (Store, Recovered) {
    let (mut store, recovered) = Store::recover(folder, PASSPHRASE, None, NOW_MS, &mut OsRng).expect("recovered");
    store.check_integrity().expect("whole");
    let before = store.state_fingerprint().expect("readable");
    store.rebuild_from_log().expect("rebuilt");
    assert_eq!(store.state_fingerprint().expect("readable"), before);
    (store, recovered)
}

#[test]
fn a_damaged_file_is_set_aside_and_what_can_be_read_is_saved() {
    let mut laptop = laptop("Penguji");
    let kept = event("Sebelum kerusakan");
    put(&mut laptop.store, &kept);
    sealed(&mut laptop.store);
    let unsealed = report("Belum disegel");
    put(&mut laptop.store, &unsealed);
    laptop.store.put_draft("lhp", "{}", NOW_MS).expect("kept");
    let photo = laptop.store.put_blob(&vec![7; 2_000_000]).expect("kept");
    drop(laptop.store);
    let database = laptop.dir.path().join("store.db");
    let mut bytes = fs::read(&database).expect("readable");
    // In the middle of the photo, which fills the end of the file.
    let middle = bytes.len() - 1_000_000;
    bytes[middle..middle + 50].fill(0);
    fs::write(&database, &bytes).expect("writable");

    let damaged = Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("the damage is not met yet");
    let integrity = damaged.check_integrity();
    assert!(matches!(integrity, Err(StoreError::Damaged { .. })), "got {integrity:?}");
    assert!(matches!(damaged.blob(photo), Err(StoreError::Damaged { .. })), "bytes that were changed are not shown");
    drop(damaged);
    let (store, recovered) = recover(laptop.dir.path());
    let aside = recovered.set_aside.clone().expect("there was a file");
    assert_eq!(fs::read(aside).expect("kept"), bytes, "the damaged file is kept as it was");
    assert!(!recovered.is_complete());
    assert_eq!(recovered.attachments.missing, Some(1), "the photo is named as missing");
    assert_eq!((recovered.drafts.saved, recovered.gaps.len(), recovered.unknown_saves), (1, 0, 0));
    let tallies: Vec<_> = recovered.records.iter().map(|(kind, tally)| (*kind, tally.saved, tally.missing)).collect();
    assert_eq!(
        tallies,
        [(RecordKind::SupervisionReport, 1, Some(0)), (RecordKind::OutreachEvent, 1, Some(0))],
        "what was saved is counted by kind"
    );
    assert_eq!(get(&store, &kept).title, "Sebelum kerusakan");
    assert_eq!(get(&store, &unsealed).number, "Belum disegel");
    assert_eq!(store.drafts().expect("readable").len(), 1);
    assert_eq!(store.blob(photo).expect("readable"), None, "half a photo is not kept as if it were whole");
    drop(store);
    Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("opens from now on");
}

/// A laptop with a backup, and work after it: sealed and not, a draft, and what came from others.
struct Desk {
    laptop: Laptop,
    early: arumbae_domain::SupervisionReport,
    late: arumbae_domain::OutreachEvent,
    unsealed: arumbae_domain::Finding,
    theirs: arumbae_domain::OutreachEvent,
}

fn desk(with_backup: bool) -> Desk {
    let (mut laptop, mut other) = (laptop("Penguji"), crate::fixture::laptop("Rekan"));
    let early = report("001");
    put(&mut laptop.store, &early);
    let theirs = event("Dari rekan");
    put(&mut other.store, &theirs);
    carry(&mut other.store, &mut laptop.store);
    if with_backup {
        laptop.store.back_up(NOW_MS).expect("made");
    }
    let late = event("Sesudah cadangan");
    put(&mut laptop.store, &late);
    sealed(&mut laptop.store);
    let unsealed = crate::fixture::finding("Belum disegel");
    put(&mut laptop.store, &unsealed);
    laptop.store.put_draft("lhp", "{}", NOW_MS).expect("kept");
    Desk { laptop, early, late, unsealed, theirs }
}

/// Breaks the folder of a closed store, recovers it, and checks that all of it is there.
#[track_caller]
fn check_all_saved(with_backup: bool, break_it: impl FnOnce(&Path)) {
    let Desk { laptop, early, late, unsealed, theirs } = desk(with_backup);
    drop(laptop.store);
    break_it(laptop.dir.path());
    let refused = Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng);
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "got {refused:?}");
    drop(refused);
    let (store, recovered) = recover(laptop.dir.path());
    assert_eq!(recovered.backup.is_some(), with_backup);
    assert_eq!(get(&store, &early).number, "001");
    assert_eq!(get(&store, &late).title, "Sesudah cadangan");
    assert_eq!(get(&store, &unsealed).event, "Belum disegel");
    assert_eq!(get(&store, &theirs).title, "Dari rekan");
    assert_eq!(store.drafts().expect("readable").len(), 1);
    assert!(recovered.is_complete(), "got {recovered:?}");
}

fn overwrite(path: &Path, from: usize, length: usize) {
    let file = path.join("store.db");
    let mut bytes = fs::read(&file).expect("readable");
    bytes[from..from + length].fill(0xa5);
    fs::write(file, bytes).expect("writable");
}

#[test]
fn without_its_first_page_everything_is_still_saved() {
    for with_backup in [false, true] {
        check_all_saved(with_backup, |path| overwrite(path, 0, 4096));
        check_all_saved(with_backup, |path| overwrite(path, 100, 7));
    }
}

#[test]
fn without_its_salt_the_store_opens_as_ever() {
    let Desk { laptop, early, .. } = desk(false);
    drop(laptop.store);
    overwrite(laptop.dir.path(), 0, 16);
    let store = Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("the slots know the salt");
    assert_eq!(get(&store, &early).number, "001");
}

#[test]
fn without_its_slots_the_store_opens_with_the_second_copy() {
    for damage in [None, Some("{"), Some("{\"format\": 9}")] {
        let Desk { laptop, early, .. } = desk(false);
        drop(laptop.store);
        let slots = laptop.dir.path().join("slots.json");
        match damage {
            None => fs::remove_file(&slots).expect("removed"),
            Some(text) => fs::write(&slots, text).expect("written"),
        }
        let store = Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("opens");
        assert_eq!(get(&store, &early).number, "001");
        drop(store);
        fs::remove_file(laptop.dir.path().join("backups/slots.json")).expect("removed");
        Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("the first copy is whole again");
        assert!(laptop.dir.path().join("backups/slots.json").exists(), "and so is the second");
        let aside = laptop.dir.path().join("slots.json.aside-1").exists();
        assert_eq!(aside, damage.is_some_and(|text| text.len() < 5), "what could not be read was set aside");
    }
}

/// What is not there any more comes back as far as the backup has it; the rest is named.
#[track_caller]
fn check_from_backup(break_it: impl FnOnce(&Path), expected: impl FnOnce(&StoreError) -> bool) {
    let Desk { laptop, early, late, unsealed, theirs } = desk(true);
    let lane = laptop.store.lane(&crate::fixture::scope()).id();
    drop(laptop.store);
    break_it(laptop.dir.path());
    let refused = Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect_err("refused");
    assert!(expected(&refused), "got {refused:?}");
    let (store, recovered) = recover(laptop.dir.path());
    assert!(recovered.unreadable && recovered.backup.is_some());
    assert_eq!(get(&store, &early).number, "001");
    assert_eq!(get(&store, &theirs).title, "Dari rekan");
    assert!(
        store.document(late.id).expect("readable").is_none()
            && store.document(unsealed.id).expect("readable").is_none()
    );
    let gap = recovered.gaps.iter().find(|gap| gap.lane == lane).expect("what is missing is named");
    assert_eq!((gap.own, gap.first, gap.last), (true, 2, None));
    assert_eq!(recovered.unknown_saves, 1, "one more save was sealed and may have been sent");
    assert_eq!(recovered.drafts.missing, None, "whether there were drafts is not known");
}

#[test]
fn without_anything_readable_the_newest_backup_is_gone_on_from() {
    check_from_backup(
        |path| fs::write(path.join("store.db"), b"").expect("emptied"),
        |error| matches!(error, StoreError::Damaged { .. }),
    );
    check_from_backup(
        |path| fs::remove_file(path.join("store.db")).expect("removed"),
        |error| matches!(error, StoreError::Damaged { .. }),
    );
    check_from_backup(
        |path| {
            let stranger = crate::fixture::laptop("Orang lain");
            drop(stranger.store);
            fs::copy(stranger.dir.path().join("store.db"), path.join("store.db")).expect("swapped");
        },
        |error| matches!(error, StoreError::ForeignFile),
    );
}

#[test]
fn going_back_to_a_backup_undoes_nothing() {
    let Desk { mut laptop, late, .. } = desk(true);
    let first = Store::backups(laptop.dir.path()).expect("readable")[0].number;
    laptop.store.back_up(NOW_MS + 1).expect("made");
    drop(laptop.store);
    let missing = Store::recover(laptop.dir.path(), PASSPHRASE, Some(99), NOW_MS, &mut OsRng);
    assert!(matches!(missing, Err(StoreError::NoSuchBackup)));
    let (store, recovered) =
        Store::recover(laptop.dir.path(), PASSPHRASE, Some(first), NOW_MS, &mut OsRng).expect("recovered");
    assert_eq!(recovered.backup.as_ref().map(|backup| backup.number), Some(first));
    assert_eq!(get(&store, &late).title, "Sesudah cadangan", "what is newer than the backup is still there");
    assert!(recovered.is_complete(), "got {recovered:?}");
}
