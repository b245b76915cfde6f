//! Merging against the same operations in a bare table: time, bytes stored, bytes on the wire, memory.

use std::path::Path;
use std::process::Command;

use arumbae_bench::figures::Figure;
use arumbae_measure::backlog::peak_memory_kib;
use arumbae_measure::merging::{Comparison, Round, compare, median};
use arumbae_measure::travelling::{ANSWER_BYTES, Cut, Travelling, answers, travelling};
use arumbae_measure::{Work, concurrent_edits};
use arumbae_mergelog::parcel::{Base, divide};
use arumbae_mergelog::{SealedSegment, compression, limits};

use crate::Outcome;

/// The argument by which the process is told whose memory is measured.
pub const MEMORY_OF: &str = "--memory-of";

pub fn figures(work: &Work, rounds: usize, bare: f64, scratch: &Path) -> Outcome<Vec<Figure>> {
    let days = compare(work, Cut::Days, rounds, scratch)?;
    let saves = compare(work, Cut::Saves(20), rounds, scratch)?;
    let segments = travelling(work, Cut::Saves(20))?;
    let packed = packed_bytes(&segments)? as f64;
    let peak_kib = peak_memory_kib(&segments, scratch, |folder| {
        let mut child = Command::new(std::env::current_exe()?);
        child.arg(MEMORY_OF).arg(folder);
        Ok(child)
    })?;
    let operations = work.operations() as f64;
    let middle = |of: &Comparison, figure: fn(&Round) -> f64| median(of.rounds.iter().map(figure));
    let ratio = |round: &Round| round.inserted.time.as_secs_f64() / round.merged.time.as_secs_f64();
    let seconds = |round: &Round| round.merged.time.as_secs_f64();
    let raw_seconds = |round: &Round| round.inserted.time.as_secs_f64();
    let indexing = |round: &Round| round.merged.indexing.as_secs_f64();
    let stored = |round: &Round| round.merged.bytes as f64 / round.inserted.bytes as f64;
    let indexed = |round: &Round| round.merged.indexed_bytes as f64 / round.inserted.bytes as f64;
    let index = |round: &Round| (round.merged.indexed_bytes - round.merged.bytes) as f64;
    let kept = |round: &Round| round.merged.concurrent_edits as f64;
    let made = concurrent_edits(&work.records()).max(1) as f64;
    Ok(vec![
        Figure::higher("merge, device-day segments", operations / middle(&days, seconds), "operations/s"),
        Figure::higher("merge, 20-save segments", operations / middle(&saves, seconds), "operations/s"),
        Figure::higher("raw insert", operations / middle(&days, raw_seconds), "operations/s"),
        Figure::higher("merge / raw, device-day segments", middle(&days, ratio), "×").to_reach(0.75),
        Figure::higher("merge / raw, 20-save segments", middle(&saves, ratio), "×").to_reach(0.5),
        Figure::higher("index the words afterwards", operations / middle(&saves, indexing), "operations/s"),
        Figure::lower("stored / raw table and records", middle(&saves, stored), "×").to_reach(0.6),
        Figure::lower("stored with the search index / the same", middle(&saves, indexed), "×"),
        Figure::lower("search index", middle(&saves, index) / operations, "bytes/operation"),
        Figure::lower("wire / bare JSON, 20-save segments in parcels without a base", packed / bare, "×"),
        Figure::lower("wire per 20-save segment", packed / saves.segments as f64, "bytes"),
        Figure::lower("wire / bare JSON, 20-save segments one by one", saves.wire_bytes as f64 / bare, "×"),
        Figure::lower("wire / bare JSON, device-day segments one by one", days.wire_bytes as f64 / bare, "×"),
        Figure::higher("concurrent edits kept", middle(&saves, kept) / made, "×").to_reach(1.0),
        Figure::lower("memory to merge everything", peak_kib as f64 / 1024.0, "MiB").to_reach(32.0),
    ])
}

/// What a device that holds nothing is sent: answers as the server makes them, each in parcels without a base, signatures
/// and all.
fn packed_bytes(segments: &[Travelling<'_>]) -> Outcome<usize> {
    let mut bytes = 0;
    // In parcels twice as much fits an answer (`crates/server/src/exchange.rs`).
    for answer in answers(segments, 2 * ANSWER_BYTES) {
        let open = |segment: &Travelling<'_>| -> Outcome<SealedSegment> {
            Ok(SealedSegment::from_bytes(compression::decompress(&segment.wire, limits::SEGMENT_BYTES)?)?)
        };
        let sealed = answer.iter().map(open).collect::<Outcome<_>>()?;
        bytes += divide(sealed).into_iter().map(|packing| packing.pack(&Base::default()).len()).sum::<usize>();
    }
    Ok(bytes)
}
