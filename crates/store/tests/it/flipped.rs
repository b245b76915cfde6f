//! Damaged files: whatever bits flip, whatever is cut off, nothing acknowledged is lost without being named.

use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use arumbae_domain::SupervisionReport;
use arumbae_domain::schema::{BlobHash, Record};
use arumbae_mergelog::LaneId;
use arumbae_store::{Recovered, Store, StoreError};
use rand_core::OsRng;

use crate::dice::{Dice, seed};
use crate::fixture::{NOW_MS, PASSPHRASE, laptop, put, report, sealed, witness};

/// What a store acknowledged.
struct Acknowledged {
    /// Records as they stand, with the saves that made them so.
    records: Vec<(SupervisionReport, Vec<(LaneId, u64)>)>,
    drafts: Vec<(String, String)>,
    attachments: Vec<BlobHash>,
}

/// The files of a store, as they lie after a kill if the program was not closed, and what it acknowledged.
fn damageable(closed: bool) -> (tempfile::TempDir, Acknowledged) {
    let (mut laptop, mut other) = (laptop("Penguji"), crate::fixture::laptop("Rekan"));
    let mut acknowledged = Acknowledged { records: Vec::new(), drafts: Vec::new(), attachments: Vec::new() };
    for number in 0..40 {
        let mut lhp = report(&format!("{number:04}"));
        lhp.witnesses = vec![witness("Saksi"), witness("Saksi lain")];
        let mut saves = vec![put(&mut laptop.store, &lhp)];
        lhp.findings_summary = format!("Uraian ke-{number}. ").repeat(80).as_str().into();
        saves.push(put(&mut laptop.store, &lhp));
        if number % 4 == 0 {
            let hash = laptop.store.put_blob(&[number as u8; 30_000]).expect("kept");
            acknowledged.attachments.push(hash);
        }
        if number % 3 == 0 {
            let (key, content) = (format!("lhp:{number}"), format!("{{\"number\":{number}}}"));
            laptop.store.put_draft(&key, &content, NOW_MS).expect("kept");
            acknowledged.drafts.push((key, content));
        }
        if number % 7 == 6 {
            sealed(&mut laptop.store);
        }
        if number == 25 {
            let theirs = report("Dari rekan");
            let save = put(&mut other.store, &theirs);
            crate::fixture::carry(&mut other.store, &mut laptop.store);
            acknowledged.records.push((theirs, vec![(save.lane.id(), save.seq)]));
            laptop.store.back_up(NOW_MS).expect("made");
        }
        acknowledged.records.push((lhp, saves.iter().map(|save| (save.lane.id(), save.seq)).collect()));
    }
    for (record, _) in &mut acknowledged.records {
        *record = crate::fixture::get(&laptop.store, record);
    }
    if closed {
        drop(laptop.store);
        return (laptop.dir, acknowledged);
    }
    let copy = tempfile::tempdir().expect("a temporary folder");
    copy_folder(laptop.dir.path(), copy.path());
    (copy, acknowledged)
}

fn copy_folder(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).expect("below"));
        fs::create_dir_all(copy.parent().expect("a folder")).expect("made");
        fs::copy(&file, copy).expect("copied");
    }
}

/// Every file of a store that holds something, in an order that is always the same.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        match path.extension().and_then(|extension| extension.to_str()) {
            None if path.is_dir() => found.extend(files(&path)),
            Some("lock") => {}
            _ => found.push(path),
        }
    }
    found.sort();
    found
}

/// Damages one file and says how.
fn damage(folder: &Path, dice: &mut Dice) -> String {
    let files = files(folder);
    let file = &files[dice.within(0..files.len())];
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let mut bytes = fs::read(file).expect("readable");
    let said = match dice.below(5) {
        0 if !bytes.is_empty() => {
            let flips = dice.within(1..9);
            for _ in 0..flips {
                let at = dice.within(0..bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            format!("{flips} bits of {name} flipped")
        }
        1 if !bytes.is_empty() => {
            let at = dice.within(0..bytes.len());
            bytes[at] ^= 1 << dice.below(8);
            format!("byte {at} of {name} changed")
        }
        2 if bytes.len() > 1 => {
            let from = dice.within(0..bytes.len());
            let to = (from + dice.within(1..20_000)).min(bytes.len());
            let filling = [0, 0xff][dice.within(0..2)];
            bytes[from..to].fill(filling);
            format!("{name} filled with {filling} from {from} to {to}")
        }
        3 => {
            bytes.truncate(dice.within(0..bytes.len() + 1));
            format!("{name} cut to {} bytes", bytes.len())
        }
        _ => {
            fs::remove_file(file).expect("removed");
            return format!("{name} removed");
        }
    };
    fs::write(file, bytes).expect("writable");
    said
}

/// Whether everything can be read and is as it was acknowledged; `None` if reading meets the damage.
fn is_all_there(store: &Store, acknowledged: &Acknowledged) -> Option<bool> {
    store.check_integrity().ok()?;
    let Acknowledged { records, drafts, attachments } = acknowledged;
    let mut all = true;
    for (record, _) in records {
        let view = store.document(record.id).ok()?;
        all &= view.is_some_and(|view| SupervisionReport::from_document(&view.document) == *record);
    }
    for (key, content) in drafts {
        all &= store.draft(key).ok()?.is_some_and(|draft| draft.content == *content);
    }
    for hash in attachments {
        all &= store.blob(*hash).ok()?.is_some();
    }
    Some(all)
}

/// Whether everything that is not there was named.
fn check_accounted_for(store: &Store, recovered: &Recovered, acknowledged: &Acknowledged) {
    let is_named = |(lane, seq): &(LaneId, u64)| {
        recovered
            .gaps
            .iter()
            .any(|gap| gap.lane == *lane && gap.first <= *seq && gap.last.is_none_or(|last| *seq <= last))
    };
    for (record, saves) in &acknowledged.records {
        let held = store.document(record.id).expect("readable");
        let is_whole = held.is_some_and(|view| SupervisionReport::from_document(&view.document) == *record);
        assert!(is_whole || saves.iter().any(is_named), "{} of {saves:?} is missing, {recovered:?}", record.number);
    }
    let missing = |tally: arumbae_store::Tally| tally.missing.unwrap_or(u64::MAX);
    let held = store.drafts().expect("readable");
    let lost = acknowledged.drafts.iter().filter(|(key, _)| held.iter().all(|draft| draft.key != *key)).count() as u64;
    assert!(lost <= missing(recovered.drafts), "{lost} drafts are missing, {recovered:?}");
    let lost = acknowledged.attachments.iter().filter(|hash| store.blob(**hash).expect("readable").is_none()).count();
    assert!(lost as u64 <= missing(recovered.attachments), "{lost} attachments are missing, {recovered:?}");
}

/// Returns whether it took a recovery, and whether that saved everything.
fn check_damaged(folder: &Path, acknowledged: &Acknowledged) -> (bool, bool) {
    match Store::unlock(folder, PASSPHRASE, NOW_MS, &mut OsRng) {
        Ok(store) => match is_all_there(&store, acknowledged) {
            Some(all) => {
                assert!(all, "a store that opens and reads without a complaint has everything");
                return (false, true);
            }
            None => drop(store),
        },
        Err(StoreError::Damaged { .. } | StoreError::ForeignFile | StoreError::Undecodable { .. }) => {}
        Err(error) => panic!("it opens, or says that it is damaged; got {error:?}"),
    }
    let (mut store, recovered) =
        Store::recover(folder, PASSPHRASE, None, NOW_MS, &mut OsRng).expect("with a backup there is always a way back");
    store.check_integrity().expect("whole");
    check_accounted_for(&store, &recovered, acknowledged);
    let before = store.state_fingerprint().expect("readable");
    store.rebuild_from_log().expect("rebuilt");
    assert_eq!(store.state_fingerprint().expect("readable"), before);
    (true, recovered.is_complete())
}

#[track_caller]
fn check_any_damage(closed: bool, times: u32) {
    let (folder, acknowledged) = damageable(closed);
    let seed = seed();
    let mut dice = Dice::new(if closed { "closed" } else { "killed" }, seed);
    let (mut recoveries, mut complete) = (0, 0);
    for time in 0..times {
        let copy = tempfile::tempdir().expect("a temporary folder");
        copy_folder(folder.path(), copy.path());
        let said = damage(copy.path(), &mut dice);
        let checked = std::panic::catch_unwind(AssertUnwindSafe(|| check_damaged(copy.path(), &acknowledged)));
        let Ok((recovered, whole)) = checked else { panic!("{time}: {said}; ARUMBAE_SEED={seed}") };
        recoveries += u32::from(recovered);
        complete += u32::from(recovered && whole);
    }
    assert!(recoveries > times / 10, "damage must be met, {recoveries} of {times}");
    assert!(complete > 0, "some damage loses nothing, {complete} of {recoveries}");
}

#[test]
fn damage_to_a_closed_store_loses_nothing_unnamed() {
    check_any_damage(true, 120);
}

#[test]
fn damage_to_a_killed_store_loses_nothing_unnamed() {
    check_any_damage(false, 160);
}
