//! What a store says to files that are not what they should be. Nothing of it is ever deleted.

use std::fs;
use std::path::Path;

use arumbae_store::{Store, StoreError};
use rand_core::OsRng;

use crate::fixture::{NOW_MS, PASSPHRASE, event, laptop, new_store, put};

fn unlock(path: &Path) -> Result<Store, StoreError> {
    Store::unlock(path, PASSPHRASE, NOW_MS, &mut OsRng)
}

#[track_caller]
fn check_refused(break_it: impl FnOnce(&Path), expected: impl FnOnce(&StoreError) -> bool) {
    let mut laptop = laptop("Penguji");
    put(&mut laptop.store, &event("Patroli"));
    drop(laptop.store);
    break_it(laptop.dir.path());
    let before = contents(laptop.dir.path());
    let error = unlock(laptop.dir.path()).expect_err("a broken store does not open");
    assert!(expected(&error), "got {error:?}");
    assert_eq!(contents(laptop.dir.path()), before, "refusing must change nothing");
}

/// The database of a folder; the slots count attempts and so change.
fn contents(path: &Path) -> Option<Vec<u8>> {
    fs::read(path.join("store.db")).ok()
}

fn overwrite(path: &Path, from: usize, length: usize) {
    let file = path.join("store.db");
    let mut bytes = fs::read(&file).expect("readable");
    bytes[from..from + length].fill(0xa5);
    fs::write(file, bytes).expect("writable");
}

#[test]
fn a_damaged_page_is_damage() {
    check_refused(|path| overwrite(path, 100, 64), |error| matches!(error, StoreError::Damaged { .. }));
}

#[test]
fn a_truncated_file_is_damage() {
    check_refused(
        |path| {
            let bytes = fs::read(path.join("store.db")).expect("readable");
            fs::write(path.join("store.db"), &bytes[..3000]).expect("writable");
        },
        |error| matches!(error, StoreError::Damaged { .. }),
    );
}

#[test]
fn an_empty_or_zeroed_file_is_damage() {
    for bytes in [Vec::new(), vec![0; 8192]] {
        check_refused(
            |path| fs::write(path.join("store.db"), &bytes).expect("writable"),
            |error| matches!(error, StoreError::Damaged { .. }),
        );
    }
}

#[test]
fn a_missing_database_is_damage_and_is_not_made_anew() {
    check_refused(
        |path| fs::remove_file(path.join("store.db")).expect("removed"),
        |error| matches!(error, StoreError::Damaged { .. }),
    );
}

#[test]
fn another_programs_file_is_foreign() {
    check_refused(
        |path| fs::write(path.join("store.db"), b"SQLite format 3\0and so on").expect("writable"),
        |error| matches!(error, StoreError::ForeignFile),
    );
    check_refused(
        |path| fs::write(path.join("store.db"), b"PK\x03\x04 a spreadsheet, by mistake").expect("writable"),
        |error| matches!(error, StoreError::ForeignFile),
    );
}

#[test]
fn another_installations_file_is_foreign() {
    let other = laptop("Orang Lain");
    let bytes = fs::read(other.dir.path().join("store.db")).expect("readable");
    check_refused(
        |path| fs::write(path.join("store.db"), bytes).expect("writable"),
        |error| matches!(error, StoreError::ForeignFile),
    );
}

#[test]
fn slots_that_cannot_be_read_are_damage() {
    let write_both = |path: &Path, text: &str| {
        for copy in ["slots.json", "backups/slots.json"] {
            fs::write(path.join(copy), text).expect("writable");
        }
    };
    check_refused(|path| write_both(path, "{\"format\": 1, \"us"), |error| matches!(error, StoreError::Damaged { .. }));
    check_refused(
        |path| write_both(path, "{\"format\": 99}"),
        |error| matches!(error, StoreError::NewerSchema { found: 99, .. }),
    );
}

#[test]
fn an_empty_folder_has_no_store_and_a_full_one_is_not_overwritten() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    assert!(matches!(unlock(dir.path()), Err(StoreError::NoStore)));
    assert!(!dir.path().join("store.lock").exists(), "asking leaves nothing behind");
    let laptop = laptop("Penguji");
    drop(laptop.store);
    let again = Store::create(laptop.dir.path(), new_store("Penguji", PASSPHRASE), &mut OsRng);
    assert!(matches!(again, Err(StoreError::StoreExists)));
}

#[test]
fn an_empty_passphrase_is_refused_and_leaves_no_store() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let created = Store::create(dir.path(), new_store("Penguji", ""), &mut OsRng);
    assert!(matches!(created, Err(StoreError::EmptyPassphrase)));
    assert!(!Store::exists(dir.path()));
}

#[test]
fn a_store_is_open_once() {
    let laptop = laptop("Penguji");
    assert!(matches!(unlock(laptop.dir.path()), Err(StoreError::AlreadyOpen)));
    drop(laptop.store);
    unlock(laptop.dir.path()).expect("once closed it opens");
}
