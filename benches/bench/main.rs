//! `make bench`: merging against raw SQLite and against other ways of merging, what travels, what becomes of it as a store
//! fills up, what an officer waits for, what the worst link does to it, and what a server carries, measured in one run.
//!
//! Whatever is compared takes turns within every round, on the same operations in transactions of the same size, and
//! ratios are taken round by round, so that whatever else the machine does meanwhile falls on all.

mod growth;
mod late;
mod link;
mod load;
mod merging;
mod officer;
mod peers;
mod wire;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use arumbae_bench::figures::{self, Figure};
use arumbae_bench::workload::{Generated, Shape};
use arumbae_measure::backlog::merge_and_tell;
use arumbae_measure::raw_table::bare_json;
use arumbae_measure::{concurrent_edits, recorded};

/// Measures a subject.
type Measure<'a> = &'a dyn Fn() -> Outcome<Vec<Figure>>;
type Outcome<T> = Result<T, Box<dyn Error>>;

/// `cargo bench --package arumbae-bench -- --findings 500 --rounds 3 --largest 10000 --laptops 1000 --only merging`
struct Arguments {
    /// Findings of the work that is compared.
    findings: usize,
    /// Recorded work to compare instead of invented.
    work: Option<PathBuf>,
    rounds: usize,
    /// Findings the store that is filled up gets.
    largest: usize,
    /// Laptops the country has whose load is measured.
    laptops: usize,
    /// The one subject to measure.
    only: Option<String>,
    /// Not a run of its own, but the process whose memory one measures.
    memory_of: Option<PathBuf>,
}

impl Arguments {
    fn read(mut arguments: impl Iterator<Item = String>) -> Outcome<Arguments> {
        let findings = Shape::default().findings;
        let mut read = Arguments {
            findings,
            work: None,
            rounds: 5,
            largest: 100_000,
            laptops: 22_000,
            only: None,
            memory_of: None,
        };
        while let Some(argument) = arguments.next() {
            // Cargo itself says that this is a benchmark.
            if argument == "--bench" {
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
            let place = match argument.as_str() {
                "--findings" => &mut read.findings,
                "--rounds" => &mut read.rounds,
                "--largest" => &mut read.largest,
                "--laptops" => &mut read.laptops,
                "--only" => {
                    read.only = Some(value);
                    continue;
                }
                "--work" => {
                    read.work = Some(value.into());
                    continue;
                }
                merging::MEMORY_OF => {
                    read.memory_of = Some(value.into());
                    continue;
                }
                unknown => return Err(format!("unknown argument {unknown}").into()),
            };
            let number = value.parse().ok().filter(|number| *number > 0);
            *place = number.ok_or_else(|| format!("{argument} needs a number"))?;
        }
        Ok(read)
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if_eq(load::SERVE).is_some() {
        return load::serve(arguments);
    }
    let Arguments { findings, work, rounds, largest, laptops, only, memory_of } = Arguments::read(arguments)?;
    let mut out = io::stdout().lock();
    if let Some(folder) = memory_of {
        writeln!(out, "{}", merge_and_tell(&folder)?)?;
        return Ok(());
    }
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&target)?;
    // Beside the figures and not in the system's temporary folder, which is often memory.
    let scratch = tempfile::tempdir_in(&target)?;
    let scratch = scratch.path();

    let work = match work {
        Some(file) => recorded::read(File::open(file)?)?,
        None => Generated::new(Shape { findings, ..Shape::default() }).work,
    };
    let records = work.records();
    writeln!(
        out,
        "{} findings, {} operations in {} saves of {} devices, {} concurrent edits; median of {rounds} rounds\n",
        records.len(),
        work.operations(),
        work.saves(),
        work.devices.len(),
        concurrent_edits(&records),
    )?;
    // The findings as they stand in the end, without history, authors or signatures, as small as zstd makes them.
    let bare = zstd::bulk::compress(bare_json(&records).as_bytes(), 19)?.len() as f64;
    let subjects: [(&str, Measure<'_>); 8] = [
        // First: without PostgreSQL it says so before anything was waited for.
        ("load", &|| load::figures(laptops, scratch)),
        ("merging", &|| merging::figures(&work, rounds, bare, scratch)),
        ("wire", &|| wire::figures(&work, scratch)),
        ("late", &|| late::figures(&work, bare, scratch)),
        ("peers", &|| peers::figures(&work, rounds.min(3), bare, scratch)),
        ("growth", &|| growth::figures(largest, scratch)),
        ("officer", &|| officer::figures(rounds, scratch)),
        ("link", &|| link::figures(scratch)),
    ];
    let mut all = Vec::new();
    for (_, measure) in subjects.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)) {
        let measured = measure()?;
        figures::print(&measured, &mut out)?;
        all.extend(measured);
    }
    if only.is_none() {
        figures::write(&all, &target.join("summary.json"))?;
        writeln!(out, "\nwritten to target/bench/summary.json")?;
    }
    Ok(())
}
