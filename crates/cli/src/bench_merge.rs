//! `bench-merge`: how fast recorded work is merged, against the same operations in a bare SQLite table.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, ExitCode};

use arumbae_measure::backlog::{merge_and_tell, peak_memory_kib};
use arumbae_measure::exchanging::new_device_reads;
use arumbae_measure::merging::{Comparison, MeasureError, Round, compare, median};
use arumbae_measure::recorded::{LineError, RecordedWorkError, read};
use arumbae_measure::travelling::{Cut, travelling};
use arumbae_measure::{Work, concurrent_edits};
use serde_json::json;

use crate::output::{CliError, say, say_json, unreadable};

/// Measures and prints one JSON object. Everything written meanwhile lies in a folder beside the file's own temporary
/// ones and is gone afterwards.
pub async fn bench_merge(file: &Path, cut: Cut, rounds: usize) -> Result<ExitCode, CliError> {
    let work = File::open(file).map_err(RecordedWorkError::from).and_then(read).map_err(|why| refused(file, &why))?;
    let figures = measure(&work, cut, rounds)
        .await
        .map_err(|why| CliError::Said { key: "cli-bench-failed", args: vec![("why", why.to_string())] })?;
    say_json(&figures)?;
    Ok(ExitCode::SUCCESS)
}

/// Takes in the segments that [`bench_merge`] left in a folder and prints how much memory that needed, in KiB.
pub fn tell_memory(folder: &Path) -> Result<ExitCode, CliError> {
    let needed = merge_and_tell(folder)
        .map_err(|why| CliError::Said { key: "cli-bench-failed", args: vec![("why", why.to_string())] })?;
    say(&needed.to_string())?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(work: &Work, cut: Cut, rounds: usize) -> Result<serde_json::Value, MeasureError> {
    // Not in the system's temporary folder, which is often memory.
    let scratch = tempfile::Builder::new().prefix("arumbae-bench-").tempdir_in(std::env::current_dir()?)?;
    let Comparison { rounds, wire_bytes, segments } = compare(work, cut, rounds, scratch.path())?;
    let peak = peak_memory_kib(&travelling(work, cut)?, scratch.path(), |folder| {
        let mut child = Command::new(std::env::current_exe()?);
        child.arg("bench-merge-memory").arg(folder);
        Ok(child)
    });
    let peak_rss_kib = match peak {
        Err(MeasureError::NoMemoryFigure) => None,
        told => Some(told?),
    };
    let read = new_device_reads(work, cut, scratch.path()).await.map_err(MeasureError::Exchange)?;
    let middle = |of: fn(&Round) -> f64| median(rounds.iter().map(of));
    let kept = rounds.iter().map(|round| round.merged.concurrent_edits).min().unwrap_or(0);
    let undecided = rounds.iter().map(|round| round.merged.undecided).min().unwrap_or(0);
    Ok(json!({
        "operations": work.operations(),
        "seconds": middle(|round| round.merged.time.as_secs_f64()),
        "raw_sqlite_seconds": middle(|round| round.inserted.time.as_secs_f64()),
        "wire_bytes": read.bytes_down,
        "stored_bytes": middle(|round| round.merged.indexed_bytes as f64) as u64,
        "conflicts_kept": kept,
        "peak_rss_kib": peak_rss_kib,
        "merge_to_raw": middle(|round| round.inserted.time.as_secs_f64() / round.merged.time.as_secs_f64()),
        "wire_bytes_one_by_one": wire_bytes,
        "indexing_seconds": middle(|round| round.merged.indexing.as_secs_f64()),
        "stored_bytes_without_search": middle(|round| round.merged.bytes as f64) as u64,
        "raw_sqlite_bytes": middle(|round| round.inserted.bytes as f64) as u64,
        "conflicts_made": concurrent_edits(&work.records()),
        "fields_to_decide": undecided,
        "segments": segments,
        "saves": work.saves(),
        "devices": work.devices.len(),
    }))
}

fn refused(file: &Path, why: &RecordedWorkError) -> CliError {
    let (key, line) = match why {
        // What the compression has to complain about are these two; everything else is the system's.
        RecordedWorkError::Io(why) if matches!(why.kind(), ErrorKind::UnexpectedEof | ErrorKind::Other) => {
            ("cli-work-damaged", 0)
        }
        RecordedWorkError::Io(why) => return unreadable(file, why),
        RecordedWorkError::Empty => ("cli-work-empty", 0),
        RecordedWorkError::Line { line, why: LineError::Json(_) } => ("cli-work-json", *line),
        RecordedWorkError::Line { line, why: LineError::RoundOver } => ("cli-work-round", *line),
        RecordedWorkError::Line { line, why: LineError::Value } => ("cli-work-value", *line),
        RecordedWorkError::Line { line, why: LineError::Range } => ("cli-work-range", *line),
    };
    CliError::Said { key, args: vec![("file", file.display().to_string()), ("line", line.to_string())] }
}
