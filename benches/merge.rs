//! `make bench`: merging against raw SQLite, and what an officer waits for, measured in one run.
//!
//! Store and raw table take turns within every round, on the same operations in the same transactions, and the
//! ratios are taken round by round, so that whatever else the machine does meanwhile falls on both.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use arumbae_bench::documents::{self, Issued, Office};
use arumbae_bench::figures::{self, Figure, millis};
use arumbae_bench::workload::{Generated, Shape};
use arumbae_measure::merging::{Comparison, Round, compare, median, new_store};
use arumbae_measure::raw_table::bare_json;
use arumbae_measure::travelling::Cut;
use arumbae_measure::{Work, concurrent_edits};

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

    let Generated { work, concurrent } = Generated::new(Shape { findings, ..Shape::default() });
    writeln!(
        out,
        "{} findings, {} operations in {} saves of {} devices, {} concurrent fields; median of {rounds} rounds\n",
        findings,
        work.operations(),
        work.saves(),
        work.devices.len(),
        concurrent,
    )?;
    let mut figures = merging(&work, rounds, scratch.path())?;
    figures.extend(officer_waits(rounds, scratch.path())?);
    figures::print(&figures, &mut out)?;
    let summary = target.join("summary.json");
    figures::write(&figures, &summary)?;
    writeln!(out, "\nwritten to target/bench/summary.json")?;
    Ok(())
}

fn merging(work: &Work, rounds: usize, scratch: &Path) -> Outcome<Vec<Figure>> {
    let days = compare(work, Cut::Days, rounds, scratch)?;
    let saves = compare(work, Cut::Saves(20), rounds, scratch)?;
    let operations = work.operations() as f64;
    let records = work.records();
    let bare = zstd::bulk::compress(bare_json(&records).as_bytes(), 19)?.len() as f64;
    let middle = |of: &Comparison, figure: fn(&Round) -> f64| median(of.rounds.iter().map(figure));
    let ratio = |round: &Round| round.inserted.time.as_secs_f64() / round.merged.time.as_secs_f64();
    let seconds = |round: &Round| round.merged.time.as_secs_f64();
    let stored = |round: &Round| round.merged.bytes as f64 / round.inserted.bytes as f64;
    let indexed = |round: &Round| round.merged.indexed_bytes as f64 / round.inserted.bytes as f64;
    let kept = |round: &Round| round.merged.concurrent_edits as f64;
    Ok(vec![
        Figure::higher("merge, device-day segments", operations / middle(&days, seconds), "operations/s"),
        Figure::higher("merge, 20-save segments", operations / middle(&saves, seconds), "operations/s"),
        Figure::higher(
            "raw insert, encrypted",
            operations / middle(&days, |round| round.inserted.time.as_secs_f64()),
            "operations/s",
        ),
        Figure::higher("merge / raw, device-day segments", middle(&days, ratio), "×").to_reach(0.75),
        Figure::higher("merge / raw, 20-save segments", middle(&saves, ratio), "×").to_reach(0.5),
        Figure::lower("stored / raw table and records", middle(&saves, stored), "×").to_reach(0.6),
        Figure::lower("the same with the search index", middle(&saves, indexed), "×"),
        Figure::lower("wire / bare JSON, 20-save segments", saves.wire_bytes as f64 / bare, "×").to_reach(1.3),
        Figure::lower("wire / bare JSON, device-day segments", days.wire_bytes as f64 / bare, "×"),
        Figure::lower("wire per 20-save segment", saves.wire_bytes as f64 / saves.segments as f64, "bytes"),
        Figure::higher("concurrent edits kept", middle(&saves, kept) / concurrent_edits(&records).max(1) as f64, "×")
            .to_reach(1.0),
    ])
}

fn officer_waits(rounds: usize, scratch: &Path) -> Outcome<Vec<Figure>> {
    let mut store = new_store(&scratch.join("officer"))?;
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
