//! `make bench`: merging against raw SQLite, and what an officer waits for, measured in one run.
//!
//! Store and raw table take turns within every round, on the same operations in the same transactions, and the
//! ratios are taken round by round, so that whatever else the machine does meanwhile falls on both.

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arumbae_bench::documents::{self, Issued, NOW_MS, Office};
use arumbae_bench::figures::{self, Figure, median, millis};
use arumbae_bench::raw_table::{self, Keeping, RawTable, Row};
use arumbae_bench::segments::{Cut, Travelling, answers, travelling};
use arumbae_bench::workload::{Shape, Workload};
use arumbae_domain::schema::Record;
use arumbae_store::Incoming;

/// What a link that has shown nothing yet is asked for in one answer (`LinkEstimate` of `arumbae-sync`).
const ANSWER_BYTES: usize = 256 << 10;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// `cargo bench --package arumbae-bench -- --findings 5000 --rounds 3`
struct Size {
    findings: usize,
    rounds: usize,
}

impl Size {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Outcome<Size> {
        let mut size = Size { findings: Shape::default().findings, rounds: 5 };
        while let Some(argument) = arguments.next() {
            let place = match argument.as_str() {
                "--findings" => &mut size.findings,
                "--rounds" => &mut size.rounds,
                // Cargo itself says that this is a benchmark.
                "--bench" => continue,
                unknown => return Err(format!("unknown argument {unknown}").into()),
            };
            let number = arguments.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
            *place = number.ok_or_else(|| format!("{argument} needs a number"))?;
        }
        Ok(size)
    }
}

fn main() -> Outcome<()> {
    let Size { findings, rounds } = Size::from_arguments(std::env::args().skip(1))?;
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&target)?;
    // Beside the figures and not in the system's temporary folder, which is often memory.
    let scratch = tempfile::tempdir_in(&target)?;
    let mut out = io::stdout().lock();

    let work = Workload::generate(Shape { findings, ..Shape::default() });
    writeln!(
        out,
        "{} findings, {} operations in {} saves of {} devices, {} concurrent fields; median of {rounds} rounds\n",
        work.findings.len(),
        work.operations(),
        work.saves(),
        work.devices.len(),
        work.concurrent.len(),
    )?;
    let mut figures = merging(&work, rounds, scratch.path())?;
    figures.extend(officer_waits(rounds, scratch.path())?);
    figures::print(&figures, &mut out)?;
    let summary = target.join("summary.json");
    figures::write(&figures, &summary)?;
    writeln!(out, "\nwritten to target/bench/summary.json")?;
    Ok(())
}

/// One round's times, in seconds, of the same operations.
struct Round {
    merge_days: f64,
    merge_saves: f64,
    raw_days: f64,
    raw_saves: f64,
    raw_plain: f64,
}

fn merging(work: &Workload, rounds: usize, scratch: &Path) -> Outcome<Vec<Figure>> {
    let days = travelling(work, Cut::Days)?;
    let saves = travelling(work, Cut::Saves(20))?;
    let (raw_days, raw_saves) = (raw_transactions(&days), raw_transactions(&saves));

    let mut times = Vec::with_capacity(rounds);
    let mut stored = 0;
    let mut raw_stored = 0;
    let mut conflicts = 0;
    let mut folders = (0..).map(|number| scratch.join(format!("{number}")));
    let mut folder = || -> Outcome<PathBuf> {
        let folder = folders.next().ok_or("no more folders")?;
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    };
    for _ in 0..rounds {
        let merged = merge(&days, &folder()?)?;
        let raw = insert(&raw_days, Keeping::Encrypted, &folder()?, work)?;
        let merged_saves = merge(&saves, &folder()?)?;
        let raw_by_saves = insert(&raw_saves, Keeping::Encrypted, &folder()?, work)?;
        let plain = insert(&raw_days, Keeping::Plain, &folder()?, work)?;
        (stored, raw_stored, conflicts) = (merged.bytes, raw.bytes, merged.conflicts);
        times.push(Round {
            merge_days: merged.time.as_secs_f64(),
            merge_saves: merged_saves.time.as_secs_f64(),
            raw_days: raw.time.as_secs_f64(),
            raw_saves: raw_by_saves.time.as_secs_f64(),
            raw_plain: plain.time.as_secs_f64(),
        });
    }

    let operations = work.operations() as f64;
    let rate = |time: fn(&Round) -> f64| median(times.iter().map(|round| operations / time(round)));
    let ratio = |ratio: fn(&Round) -> f64| median(times.iter().map(ratio));
    let bare = bare_bytes(work)?;
    let wire = |segments: &[Travelling<'_>]| segments.iter().map(|segment| segment.wire.len()).sum::<usize>() as f64;
    Ok(vec![
        Figure::higher("merge, device-day segments", rate(|round| round.merge_days), "operations/s"),
        Figure::higher("merge, 20-save segments", rate(|round| round.merge_saves), "operations/s"),
        Figure::higher("raw insert, encrypted", rate(|round| round.raw_days), "operations/s"),
        Figure::higher("raw insert, not encrypted", rate(|round| round.raw_plain), "operations/s"),
        Figure::higher("merge / raw, device-day segments", ratio(|round| round.raw_days / round.merge_days), "×")
            .to_reach(0.75),
        Figure::higher("merge / raw, 20-save segments", ratio(|round| round.raw_saves / round.merge_saves), "×")
            .to_reach(0.5),
        Figure::lower("stored / raw table and findings", stored as f64 / raw_stored as f64, "×").to_reach(0.6),
        Figure::lower("stored per operation", stored as f64 / operations, "bytes"),
        Figure::lower("wire / bare JSON, 20-save segments", wire(&saves) / bare, "×").to_reach(1.3),
        Figure::lower("wire / bare JSON, device-day segments", wire(&days) / bare, "×"),
        Figure::lower("wire per 20-save segment", wire(&saves) / saves.len() as f64, "bytes"),
        Figure::higher("concurrent fields kept", conflicts as f64 / work.concurrent.len().max(1) as f64, "×")
            .to_reach(1.0),
    ])
}

/// What came of putting the operations into a file.
struct Put {
    time: Duration,
    /// The file once everything is in it and it is closed.
    bytes: u64,
    /// Fields with more than one value; 0 of the raw table, which does not know.
    conflicts: u64,
}

/// Verifies, decodes, applies and materialises everything in a new store.
fn merge(segments: &[Travelling<'_>], folder: &Path) -> Outcome<Put> {
    let mut store = documents::new_store(folder)?;
    let mut gsn = 0;
    let mut number = |segment: &Travelling<'_>| {
        gsn += 1;
        segment.incoming(gsn)
    };
    let answers: Vec<Vec<Incoming>> =
        answers(segments, ANSWER_BYTES).into_iter().map(|answer| answer.iter().map(&mut number).collect()).collect();
    let start = Instant::now();
    for answer in answers {
        store.apply_segments(answer, &[], NOW_MS)?;
    }
    let time = start.elapsed();
    let conflicts = store.sync_summary()?.conflicts;
    drop(store);
    Ok(Put { time, bytes: std::fs::metadata(folder.join("store.db"))?.len(), conflicts })
}

/// The rows of every transaction a merge of the segments makes.
fn raw_transactions(segments: &[Travelling<'_>]) -> Vec<Vec<Row>> {
    let rows = |segment: &Travelling<'_>| raw_table::rows(segment.device, segment.saves).collect::<Vec<_>>();
    answers(segments, ANSWER_BYTES).into_iter().map(|answer| answer.iter().flat_map(rows).collect()).collect()
}

/// Inserts everything in a raw table. The findings people would read come after the clock has stopped.
fn insert(transactions: &[Vec<Row>], keeping: Keeping, folder: &Path, work: &Workload) -> Outcome<Put> {
    let path = folder.join("raw.db");
    let mut table = RawTable::create(&path, keeping)?;
    let start = Instant::now();
    for rows in transactions {
        table.insert(rows)?;
    }
    let time = start.elapsed();
    table.insert_findings(&work.findings)?;
    drop(table);
    Ok(Put { time, bytes: std::fs::metadata(path)?.len(), conflicts: 0 })
}

/// The findings as they stand in the end, without history, authors or signatures, as small as zstd makes them.
fn bare_bytes(work: &Workload) -> Outcome<f64> {
    let mut bare = Vec::new();
    for finding in &work.findings {
        let document = finding.to_document();
        let values = document.fields.iter().map(|(field, value)| (field.0, raw_table::json(value)));
        let sets = document.sets.iter().map(|(field, set)| (field.0, set.iter().map(raw_table::json).collect()));
        let fields: serde_json::Map<_, _> =
            values.chain(sets).map(|(field, value)| (field.to_string(), value)).collect();
        serde_json::to_writer(&mut bare, &(document.id, fields))?;
        bare.push(b'\n');
    }
    Ok(zstd::bulk::compress(&bare, 19)?.len() as f64)
}

fn officer_waits(rounds: usize, scratch: &Path) -> Outcome<Vec<Figure>> {
    let mut store = documents::new_store(&scratch.join("officer"))?;
    let saves = documents::time_saves(&mut store, 500, rounds)?;
    let office = Office::new()?;
    let issued = (0..rounds).map(|_| office.issue(300)).collect::<Outcome<Vec<Issued>>>()?;
    let time = |of: fn(&Issued) -> Duration| median(issued.iter().map(|issued| millis(of(issued))));
    let bytes = median(issued.iter().map(|issued| issued.bytes as f64));
    Ok(vec![
        Figure::lower("save a kegiatan with 500 attendees", median(saves.into_iter().map(millis)), "ms"),
        Figure::lower("daftar hadir of 300 rows, made", time(|issued| issued.rendered), "ms"),
        Figure::lower("daftar hadir of 300 rows, its file", bytes / 1e6, "MB"),
        Figure::lower("daftar hadir of 300 rows, signed", time(|issued| issued.signed), "ms"),
        Figure::lower("daftar hadir of 300 rows, verified", time(|issued| issued.verified), "ms"),
    ])
}
