//! What a program does that takes snapshots in and drops segments: fetching piece by piece, loading, compacting, and
//! fetching again what left.
//!
//! The folder holds the store that is looked at afterwards, a colleague's, and everything that the province has.

use std::fs;
use std::path::{Path, PathBuf};

use arumbae_mergelog::SealedSegment;
use arumbae_protocol::{Role, ScopeCursor, SignedEntry, SnapshotOffer, cbor};
use arumbae_store::{LoadOutcome, Store};

use crate::fixture::{NOW_MS, create_in, finding, put, put_at, scope};
use crate::killed::{say, unlock};
use crate::province::{Province, ScopeLog};
use crate::snapshots::fingerprint;

/// How many pieces a snapshot is fetched in.
const PIECES: usize = 12;

/// A newcomer who is offered a snapshot of the work of a colleague, and a tail of segments after it.
pub fn prepare(folder: &Path) {
    let (mut province, mut log) = (Province::new(), ScopeLog::default());
    let mut colleague = create_in(&folder.join("colleague"), "Rekan");
    let mut newcomer = create_in(folder, "Petugas Baru");
    for store in [&mut colleague, &mut newcomer] {
        province.enrol(store, Role::Petugas, &scope());
    }
    fs::create_dir(folder.join("log")).expect("a folder");
    keep(&folder.join("registry"), &cbor::to_bytes(&province.entries));
    for store in [&mut colleague, &mut newcomer] {
        province.tell(store);
    }
    for number in 0..30 {
        put_at(&mut colleague, &finding(&format!("Peristiwa {number}")), NOW_MS + number * 1000);
        hand_in(folder, &province, &mut log, &mut colleague);
    }
    let (offer, bytes) = log.snapshot(&province, 25);
    keep(&folder.join("snapshot"), &bytes);
    let cursors = vec![ScopeCursor { scope: scope(), gsn: 30 }];
    assert_eq!(newcomer.note_snapshots(&[offer], &mut cursors.clone()).expect("noted"), 1);
    newcomer.apply_segments(log.after(25), &cursors, NOW_MS).expect("taken in");
}

/// Goes on until it is killed.
pub fn go_on(folder: &Path) {
    let (province, mut log) = province(folder);
    let (mut store, mut colleague) = (unlock(folder), unlock(&folder.join("colleague")));
    say("working");
    fetch(folder, &mut store);
    loop {
        // Twice, so that each has read and written after it.
        for _ in 0..2 {
            for (store, own) in [(&mut store, true), (&mut colleague, false)] {
                let written = finding("Selagi bekerja");
                put(store, &written);
                if own {
                    say(&format!("kept record {}", written.id));
                }
                hand_in(folder, &province, &mut log, store);
            }
            meet(&log, &mut [&mut store, &mut colleague]);
        }
        for (lane, last) in store.version_vector().expect("readable") {
            say(&format!("kept lane {lane} {last}"));
        }
        let (offer, _) = log.snapshot(&province, log.0.len() as u64 - 4);
        let told = SnapshotOffer { in_place_of_segments: false, ..offer };
        store.note_snapshots(std::slice::from_ref(&told), &mut Vec::new()).expect("noted");
        if store.compact(&scope()).expect("the store works").is_ok() {
            say(&format!("kept base - {}", told.note.gsn));
        }
        store.ask_for_history(&scope(), NOW_MS).expect("noted");
        meet(&log, &mut [&mut store]);
    }
}

/// Everybody comes to the same, whenever the program was killed.
pub fn check(store: &mut Store, folder: &Path) {
    let (province, mut log) = province(folder);
    let mut colleague = unlock(&folder.join("colleague"));
    fetch(folder, store);
    for store in [&mut *store, &mut colleague] {
        hand_in(folder, &province, &mut log, store);
    }
    meet(&log, &mut [&mut *store, &mut colleague]);
    assert_eq!(fingerprint(store), fingerprint(&colleague), "both hold the same records");
    let whole = store.check_snapshot(&scope()).expect("readable");
    assert_ne!(whole, Some(false), "what stands for the segments is what they say");
}

/// Fetches and loads the snapshot that is wanted, from where it was left.
fn fetch(folder: &Path, store: &mut Store) {
    while let Some(wanted) = store.wanted_snapshots().expect("readable").first().cloned() {
        let bytes = fs::read(folder.join("snapshot")).expect("the province has it");
        let held = wanted.held_bytes as usize;
        if held == bytes.len() {
            let loaded = store.load_snapshot(wanted.hash, NOW_MS).expect("the store works");
            assert!(matches!(loaded, LoadOutcome::Loaded(_)), "{loaded:?}");
            say("kept base - 25");
        } else {
            let piece = &bytes[held..bytes.len().min(held + bytes.len() / PIECES)];
            let held = store.receive_snapshot(wanted.hash, held as u64, piece).expect("kept");
            say(&format!("kept fetched - {held}"));
        }
    }
}

/// Gives the province what a store has not sent yet. The province has it on its disk before it says so.
fn hand_in(folder: &Path, province: &Province, log: &mut ScopeLog, store: &mut Store) {
    store.seal_pending(store.clock_quality().expect("readable")).expect("sealed");
    let sent = store.unreceipted_segments(usize::MAX).expect("readable");
    let fresh = sent.iter().filter(|segment| !log.0.iter().any(|known| known.hash() == segment.hash()));
    for (segment, number) in fresh.zip(log.0.len() + 1..) {
        keep(&folder.join(format!("log/{number:06}")), segment.bytes());
    }
    log.receive(province, store);
}

fn meet(log: &ScopeLog, stores: &mut [&mut Store]) {
    for store in stores {
        log.send(store);
    }
}

/// The province as it stands in its folder.
fn province(folder: &Path) -> (Province, ScopeLog) {
    let registry = fs::read(folder.join("registry")).expect("readable");
    let entries: Vec<SignedEntry> = cbor::from_bytes(&registry).expect("its own entries");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder.join("log")).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_none());
    files.sort();
    let segment = |path| SealedSegment::from_bytes(fs::read(path).expect("readable")).expect("a segment");
    (Province::with(entries), ScopeLog::of(files.into_iter().map(segment).collect()))
}

/// A file is there whole or not at all, also after a kill.
fn keep(path: &Path, bytes: &[u8]) {
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, bytes).expect("written");
    fs::rename(unfinished, path).expect("renamed");
}
