//! A program killed at any moment of its work loses nothing it has acknowledged.
//!
//! Another process does the work on a real file and says through a pipe what it has acknowledged; it is killed (SIGKILL)
//! after a random while. Then the store is opened again: everything acknowledged is there, log and tables agree, and
//! every page is whole. The same folder goes through several kills. Together the tests make more than 200.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use arumbae_domain::SupervisionReport;
use arumbae_domain::schema::{BlobHash, RecordId};
use arumbae_store::{Incoming, Store};
use rand_core::OsRng;

use crate::dice::{Dice, seed};
use crate::fixture::{NOW_MS, PASSPHRASE, at, create_in, event, incoming, laptop, new_id, put, report, scope, witness};
use crate::released::{check_holds_all, copy_released};

mod compacting;

/// The folder that a child of these tests works in.
const CHILD: &str = "ARUMBAE_TEST_KILLED";
/// How many kills one folder goes through, where the work does not begin anew each time.
const KILLS_PER_FOLDER: u32 = 10;

/// Work that is killed, by the name of the test that is also its child.
struct Work {
    name: &'static str,
    /// Makes what the work begins from.
    prepare: fn(&Path),
    /// Goes on until it is killed.
    go_on: fn(&Path),
    /// Killed within so many milliseconds after it began to work.
    within_ms: u64,
    kills_per_folder: u32,
    /// What must hold besides what was acknowledged.
    check: fn(&mut Store, &Path),
}

impl Work {
    const fn new(name: &'static str, prepare: fn(&Path), go_on: fn(&Path), within_ms: u64) -> Work {
        Work { name, prepare, go_on, within_ms, kills_per_folder: KILLS_PER_FOLDER, check: |_, _| {} }
    }
}

#[track_caller]
fn check_survives(kills: u32, work: &Work) {
    if let Some(folder) = std::env::var_os(CHILD) {
        return (work.go_on)(folder.as_ref());
    }
    let seed = seed();
    let mut dice = Dice::new(work.name, seed);
    let mut dir = tempfile::tempdir().expect("a temporary folder");
    let mut acknowledged = Vec::new();
    for kill in 0..kills {
        if kill % work.kills_per_folder == 0 {
            dir = tempfile::tempdir().expect("a temporary folder");
            acknowledged.clear();
            (work.prepare)(dir.path());
        }
        let after = Duration::from_micros(dice.below(work.within_ms * 1000));
        acknowledged.extend(kill_after(work.name, dir.path(), after));
        let context = format!("{}, kill {kill} after {after:?}, ARUMBAE_SEED={seed}", work.name);
        let mut store = check_folder(dir.path(), &acknowledged, &context);
        (work.check)(&mut store, dir.path());
    }
}

/// Lets a child work for a while, kills it, and returns what it had acknowledged.
fn kill_after(name: &str, folder: &Path, after: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", &format!("killed::{name}"), "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a second process");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let (say, heard) = channel();
    let listener = std::thread::spawn(move || {
        let mut line = String::new();
        // A line without its end was cut by the kill: nobody was told.
        while output.read_line(&mut line).is_ok_and(|length| length > 0) && line.ends_with('\n') {
            if say.send(std::mem::take(&mut line)).is_err() {
                break;
            }
        }
    });
    let mut lines = Vec::new();
    // The while begins when the work does, not while the process is still being made.
    let mut deadline = None;
    loop {
        let left = deadline.map_or(Duration::from_secs(60), |at: Instant| at.saturating_duration_since(Instant::now()));
        match heard.recv_timeout(left) {
            Ok(line) if line.trim_end().ends_with("working") => deadline = Some(Instant::now() + after),
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    child.kill().expect("killed in the middle of its work");
    let status = child.wait().expect("gone");
    assert!(
        deadline.is_some() && status.code().is_none(),
        "the work must go on until it is killed, it ended: {status}"
    );
    listener.join().expect("heard to the end");
    lines.extend(heard.try_iter());
    lines.into_iter().filter_map(|line| line.strip_prefix("kept ").map(|what| what.trim_end().to_owned())).collect()
}

fn check_folder(folder: &Path, acknowledged: &[String], context: &str) -> Store {
    let mut store = Store::unlock(folder, PASSPHRASE, NOW_MS, &mut OsRng)
        .unwrap_or_else(|error| panic!("opens after {context}: {error:?}"));
    store.check_integrity().unwrap_or_else(|error| panic!("whole after {context}: {error:?}"));
    let held: HashMap<String, u64> =
        store.version_vector().expect("readable").into_iter().map(|(lane, last)| (lane.to_string(), last)).collect();
    for what in acknowledged {
        let mut words = what.split(' ');
        let (kind, name) = (words.next().expect("a kind"), words.next().expect("a name"));
        let number = words.next().map_or(0, |number| number.parse::<u64>().expect("a number"));
        let is_there = match kind {
            "record" => store.document(RecordId(name.parse().expect("an id"))).expect("readable").is_some(),
            "blob" => store.blob(name.parse::<BlobHash>().expect("a hash")).expect("readable").is_some(),
            "draft" => {
                let draft = store.draft(name).expect("readable");
                draft.is_some_and(|draft| draft.content.parse::<u64>().expect("a number") >= number)
            }
            "lane" => held.get(name).is_some_and(|last| *last >= number),
            "backup" => {
                let newest = Store::backups(folder).expect("readable").first().map(|backup| u64::from(backup.number));
                newest.is_some_and(|newest| newest >= number)
            }
            "fetched" => {
                let wanted = store.wanted_snapshots().expect("readable");
                wanted.first().is_none_or(|wanted| wanted.held_bytes >= number)
            }
            // While its history is on its way, nothing is said of a scope; the comparison in the end is then what counts.
            "base" => store.held().expect("readable").get(&scope()).is_none_or(|held| held.base >= number),
            other => panic!("unknown word {other}"),
        };
        assert!(is_there, "{what} was acknowledged and is missing after {context}");
    }
    let before = store.state_fingerprint().expect("readable");
    store.rebuild_from_log().expect("rebuilt");
    assert_eq!(store.state_fingerprint().expect("readable"), before, "log and tables agree after {context}");
    store
}

#[expect(clippy::print_stdout, reason = "it tells the other process what it does")]
fn say(line: &str) {
    println!("{line}");
}

fn unlock(folder: &Path) -> Store {
    Store::unlock(folder, PASSPHRASE, NOW_MS, &mut OsRng).expect("opens")
}

fn new_store(folder: &Path) {
    let mut store = create_in(folder, "Penguji");
    for number in 0..20 {
        put(&mut store, &report(&format!("{number:04}")));
    }
}

/// Everything a person does, without end.
fn author(store: &mut Store, round: u64) {
    let mut lhp = SupervisionReport { witnesses: vec![witness("Saksi")], ..report(&format!("{round:04}")) };
    store.put_draft("lhp", &round.to_string(), NOW_MS).expect("kept");
    say(&format!("kept draft lhp {round}"));
    put(store, &lhp);
    say(&format!("kept record {}", lhp.id));
    lhp.findings_summary = "Uraian yang ditulis kemudian. ".repeat(200).as_str().into();
    put(store, &lhp);
    match round % 4 {
        0 => drop(store.transition(lhp.id, "submitted", "", &at(NOW_MS)).expect("written")),
        1 => drop(store.delete(lhp.id, "salah entri", &at(NOW_MS)).expect("written")),
        2 => {
            let hash = store.put_blob(&round.to_le_bytes().repeat(20_000)).expect("kept");
            say(&format!("kept blob {hash}"));
        }
        _ => {
            let clock = store.clock_quality().expect("readable");
            store.seal_pending(clock).expect("sealed");
            for (lane, last) in store.version_vector().expect("readable") {
                say(&format!("kept lane {lane} {last}"));
            }
        }
    }
}

/// Rounds are counted on from the draft, so that the acknowledged number of it only grows.
fn first_round(store: &Store) -> u64 {
    let draft = store.draft("lhp").expect("readable");
    draft.map_or(0, |draft| draft.content.parse::<u64>().expect("a number") + 1)
}

fn author_on(folder: &Path) {
    let mut store = unlock(folder);
    say("working");
    for round in first_round(&store).. {
        author(&mut store, round);
    }
}

#[test]
fn authoring() {
    check_survives(64, &Work::new("authoring", new_store, author_on, 250));
}

#[test]
fn applying() {
    check_survives(50, &Work::new("applying", new_store_with_inbox, apply_on, 150));
}

/// A colleague's segments beside the store, one save in each.
fn new_store_with_inbox(folder: &Path) {
    new_store(folder);
    let mut colleague = laptop("Rekan");
    for number in 0..60 {
        let record = SupervisionReport { id: new_id(), ..report(&format!("R{number:03}")) };
        put(&mut colleague.store, &record);
        let clock = colleague.store.clock_quality().expect("readable");
        colleague.store.seal_pending(clock).expect("sealed");
    }
    fs::create_dir(folder.join("inbox")).expect("a folder");
    let segments = colleague.store.segments_after(None, &[], usize::MAX).expect("readable");
    for (number, segment) in segments.iter().enumerate() {
        fs::write(folder.join(format!("inbox/{number:03}")), incoming(segment).bytes).expect("written");
    }
}

fn apply_on(folder: &Path) {
    let mut inbox: Vec<_> =
        fs::read_dir(folder.join("inbox")).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    inbox.sort();
    let mut store = unlock(folder);
    let own = store.lane(&scope()).id();
    let held =
        store.version_vector().expect("readable").into_iter().filter(|(lane, _)| *lane != own).map(|(_, last)| last);
    let held = held.sum::<u64>() as usize;
    say("working");
    for (at, batch) in inbox[held.min(inbox.len())..].chunks(2).enumerate() {
        let read = |path| Incoming { gsn: None, received_ms: None, bytes: fs::read(path).expect("readable") };
        store.apply_segments(batch.iter().map(read).collect(), &[], NOW_MS).expect("taken in");
        for (lane, last) in store.version_vector().expect("readable") {
            say(&format!("kept lane {lane} {last}"));
        }
        if at % 5 == 4 {
            put(&mut store, &event("Di antaranya"));
        }
    }
    for round in first_round(&store).. {
        author(&mut store, round);
    }
}

#[test]
fn backing_up() {
    check_survives(40, &Work::new("backing_up", new_store, back_up_on, 300));
}

fn back_up_on(folder: &Path) {
    let mut store = unlock(folder);
    say("working");
    for round in first_round(&store).. {
        author(&mut store, round);
        let backup = store.back_up(NOW_MS + round * 86_400_000).expect("backed up");
        say(&format!("kept backup - {}", backup.number));
    }
}

#[test]
fn rebuilding() {
    check_survives(30, &Work::new("rebuilding", new_store, rebuild_on, 200));
}

fn rebuild_on(folder: &Path) {
    let mut store = unlock(folder);
    say("working");
    for round in first_round(&store).. {
        author(&mut store, round);
        store.rebuild_from_log().expect("rebuilt");
        store.begin_incarnation(&mut OsRng).expect("begun");
    }
}

#[test]
fn recovering() {
    check_survives(20, &Work::new("recovering", new_store, recover_on, 400));
}

fn recover_on(folder: &Path) {
    let mut store = unlock(folder);
    say("working");
    for round in first_round(&store).. {
        author(&mut store, round);
        store.back_up(NOW_MS).expect("backed up");
        author(&mut store, round);
        drop(store);
        (store, _) = Store::recover(folder, PASSPHRASE, None, NOW_MS, &mut OsRng).expect("recovered");
    }
}

#[test]
fn compacting() {
    let work = Work::new("compacting", compacting::prepare, compacting::go_on, 500);
    check_survives(32, &Work { kills_per_folder: 4, check: compacting::check, ..work });
}

#[test]
fn migrating() {
    let work = Work::new("migrating", |folder| copy_released(1, folder), migrate_on, 400);
    check_survives(16, &Work { kills_per_folder: 1, check: check_holds_all, ..work });
}

fn migrate_on(folder: &Path) {
    say("working");
    let store = unlock(folder);
    loop {
        store.check_integrity().expect("whole");
    }
}
