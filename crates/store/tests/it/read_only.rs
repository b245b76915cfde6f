//! A folder that cannot be written to: everything can be read, nothing is lost, and work goes on once it can.
//!
//! The store is opened by another process, since root, as whom tests may run, is kept from writing nowhere.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use arumbae_domain::schema::RecordKind;
use arumbae_store::{Store, StoreError};
use rand_core::OsRng;

use crate::fixture::{NOW_MS, PASSPHRASE, at, event, laptop, put, report, sealed};

/// The folder that a child of these tests works in.
const CHILD: &str = "ARUMBAE_TEST_READ_ONLY";
const NOBODY: u32 = 65_534;

/// What is write-protected, and whether the program was closed before.
#[derive(Clone, Copy)]
struct Protected {
    folder: u32,
    files: u32,
    closed: bool,
}

fn check_goes_on(name: &str, protected: Protected) {
    if let Some(folder) = std::env::var_os(CHILD) {
        return read_then_write(folder.as_ref());
    }
    let outer = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(outer.path(), Permissions::from_mode(0o755)).expect("own folder");
    let folder = outer.path().join("store");
    let mut laptop = laptop("Penguji");
    put(&mut laptop.store, &report("001"));
    sealed(&mut laptop.store);
    put(&mut laptop.store, &event("Belum disegel"));
    let store = (!protected.closed).then_some(laptop.store);
    fs::create_dir_all(folder.join("backups")).expect("a folder");
    for file in ["store.db", "store.db-wal", "store.db-shm", "slots.json", "backups/slots.json"] {
        if laptop.dir.path().join(file).exists() {
            fs::copy(laptop.dir.path().join(file), folder.join(file)).expect("copied");
        }
    }
    drop(store);
    set_modes(&folder, protected.folder, protected.files);

    // Where the tests were built, nobody may not be let in.
    let program = outer.path().join("program");
    fs::copy(std::env::current_exe().expect("this test"), &program).expect("copied");
    let mut command = Command::new(&program);
    command.args(["--exact", &format!("read_only::{name}"), "--nocapture"]).env(CHILD, &folder);
    if fs::metadata(outer.path()).expect("a folder").uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a second process");
    let mut said = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    assert!(said.any(|line| line.ends_with("refused")), "reading works and writing is refused");
    set_modes(&folder, 0o777, 0o666);
    child.stdin.take().expect("its input").write_all(b"\n").expect("told");
    assert!(said.any(|line| line.ends_with("written")), "writing goes on without another start");
    assert!(child.wait().expect("gone").success());
    let opened = Store::unlock(&folder, PASSPHRASE, NOW_MS, &mut OsRng).expect("opens");
    assert_eq!(opened.count(RecordKind::OutreachEvent).expect("readable"), 2);
    opened.check_integrity().expect("whole");
}

fn set_modes(folder: &Path, of_folders: u32, of_files: u32) {
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            set_modes(&path, of_folders, of_files);
        } else {
            fs::set_permissions(path, Permissions::from_mode(of_files)).expect("own file");
        }
    }
    fs::set_permissions(folder, Permissions::from_mode(of_folders)).expect("own folder");
}

#[expect(clippy::print_stdout, reason = "it tells the other process how far it is")]
fn read_then_write(folder: &Path) {
    let mut store = Store::unlock(folder, PASSPHRASE, NOW_MS, &mut OsRng).expect("opens for reading");
    assert!(store.is_read_only());
    assert_eq!(store.count(RecordKind::SupervisionReport).expect("readable"), 1);
    assert_eq!(store.count(RecordKind::OutreachEvent).expect("readable"), 1, "what was not sealed is read too");
    assert!(store.search("disegel", 5).is_ok(), "searching writes nothing");
    let more = event("Sesudahnya");
    let changes = arumbae_domain::change::changes_between(None, &arumbae_domain::schema::Record::to_document(&more));
    let refused = store.save(&changes, &at(NOW_MS));
    assert!(matches!(refused, Err(StoreError::Unwritable(_))), "got {refused:?}");
    assert!(store.put_draft("lhp", "{}", NOW_MS).is_err());
    assert_eq!(store.document(more.id).expect("readable"), None);
    println!("refused");
    std::io::stdin().read_line(&mut String::new()).expect("told that it can be written");
    store.save(&changes, &at(NOW_MS)).expect("written");
    assert!(!store.is_read_only());
    println!("written");
}

#[test]
fn a_protected_folder_is_read() {
    check_goes_on("a_protected_folder_is_read", Protected { folder: 0o555, files: 0o444, closed: true });
}

#[test]
fn a_protected_folder_is_read_after_a_kill() {
    check_goes_on("a_protected_folder_is_read_after_a_kill", Protected { folder: 0o555, files: 0o444, closed: false });
}

#[test]
fn a_protected_file_is_read() {
    check_goes_on("a_protected_file_is_read", Protected { folder: 0o777, files: 0o444, closed: true });
}
