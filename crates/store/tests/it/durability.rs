//! What survives: an interrupted creation, a closed window, a wrong clock; and what nobody reads.

use std::fs;

use arumbae_store::Store;
use rand_core::OsRng;

use crate::fixture::{NOW_MS, PASSPHRASE, create_in, event, get, laptop, put, put_at, report};

const NARRATIVE: &str = "Pada pukul sembilan pagi pengawas melihat kepala dusun membagikan amplop di dermaga.";

#[test]
fn nothing_readable_lies_in_the_folder() {
    let mut laptop = laptop("Penguji Berkas");
    let mut lhp = report("042/LHP");
    lhp.findings_summary = NARRATIVE.into();
    put(&mut laptop.store, &lhp);
    laptop.store.put_draft("lhp", &format!("{{\"facts\":\"{NARRATIVE}\"}}"), NOW_MS).expect("kept");
    laptop.store.put_blob(NARRATIVE.repeat(9000).as_bytes()).expect("kept");
    let clock = laptop.store.clock_quality().expect("readable");
    laptop.store.seal_pending(clock).expect("sealed");
    assert_eq!(laptop.store.search("dermaga", 5).expect("searched").len(), 1);
    check_unreadable(laptop.dir.path());
    laptop.store.back_up(NOW_MS).expect("backed up");
    check_unreadable(&laptop.dir.path().join("backups"));
    drop(laptop.store);
    check_unreadable(laptop.dir.path());
}

#[track_caller]
fn check_unreadable(folder: &std::path::Path) {
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            continue;
        }
        let bytes = fs::read(&path).expect("readable");
        files += 1;
        for secret in [NARRATIVE, "kepala dusun", "dermaga", "Penguji Berkas", "042/LHP", PASSPHRASE] {
            let found = bytes.windows(secret.len()).any(|window| window.eq_ignore_ascii_case(secret.as_bytes()));
            assert!(!found, "{} holds a text of the record", path.display());
        }
    }
    assert!(files >= 2, "the scan must see the files");
}

#[test]
fn a_clock_in_1970_or_2099_never_refuses_a_write() {
    let mut laptop = laptop("Penguji");
    let mut lhp = report("001");
    let mut last = None;
    for (now_ms, stage) in [(NOW_MS, "a"), (4_090_000_000_000, "b"), (0, "c"), (NOW_MS, "d"), (u64::MAX, "e"), (7, "f")]
    {
        lhp.stage = stage.to_owned();
        let outcome = put_at(&mut laptop.store, &lhp, now_ms);
        assert!(last < Some(outcome.hlc), "stamps only ever grow");
        last = Some(outcome.hlc);
        assert_eq!(get(&laptop.store, &lhp).stage, stage, "what was written last is what is shown");
    }
    let laptop = laptop.reopen();
    assert_eq!(laptop.store.clock().expect("readable"), last.expect("written"), "the clock is kept");
    assert_eq!(laptop.store.document(lhp.id).expect("readable").expect("there").conflicts, []);
}

#[test]
fn an_interrupted_creation_leaves_a_store_or_none() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::write(dir.path().join("store.new.db"), b"what a power cut left").expect("written");
    assert!(!Store::exists(dir.path()));
    let mut store = create_in(dir.path(), "Penguji");
    let kept = event("Ikrar");
    put(&mut store, &kept);
    drop(store);
    // The cut came between the slots and the last rename.
    fs::rename(dir.path().join("store.db"), dir.path().join("store.next.db")).expect("renamed");
    let store = Store::unlock(dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("finished at the next start");
    assert_eq!(get(&store, &kept).title, "Ikrar");
}

#[test]
fn a_draft_outlives_the_window() {
    let mut laptop = laptop("Penguji");
    laptop.store.put_draft("lhp", "{\"stage\":\"Kamp\"}", NOW_MS).expect("kept");
    laptop.store.put_draft("lhp", "{\"stage\":\"Kampanye\"}", NOW_MS + 1).expect("kept");
    let mut laptop = laptop.reopen();
    let draft = laptop.store.draft("lhp").expect("readable").expect("there");
    assert_eq!((draft.content.as_str(), draft.updated_ms), ("{\"stage\":\"Kampanye\"}", NOW_MS + 1));
    laptop.store.remove_draft("lhp").expect("removed");
    assert_eq!(laptop.store.drafts().expect("readable"), []);
}
