//! What a save costs on the wire, by what it does: its share of its segment's head and signature included.

use std::path::Path;

use arumbae_bench::figures::Figure;
use arumbae_measure::merging::{NOW_MS, new_store};
use arumbae_measure::{Device, Work};
use arumbae_mergelog::{ClockQuality, Operation, Save, SealedSegment, SegmentHash, compression};
use arumbae_store::{Incoming, Store};

use crate::Outcome;

/// Saves in a segment that is sent.
const SAVES: usize = 20;

/// Measures what segments of one kind of save add to a parcel that already holds one, packed as the program packs
/// it: against what the province is known to hold, which is everything the devices had at their first meeting.
pub fn figures(work: &Work, scratch: &Path) -> Outcome<Vec<Figure>> {
    let [recorder, editor, ..] = work.devices.as_slice() else { return Err("work of two devices is needed".into()) };
    let (held, findings) = split_last(recorder, 2 * SAVES)?;
    let store = store_holding(work, held, &scratch.join("wire"))?;
    let head = chain_of(recorder, held)?.last().map_or(SegmentHash::GENESIS, SealedSegment::hash);
    let finding = cost(&store, recorder, head, findings)?;

    let met = editor.meetings.first().copied().unwrap_or(0);
    let head = chain_of(editor, &editor.saves[..met])?.last().map_or(SegmentHash::GENESIS, SealedSegment::hash);
    let of_kind = |kind: fn(&Operation) -> bool| {
        let later = editor.saves[met..].iter();
        let chosen = later.filter(|save| matches!(save.ops.as_slice(), [op] if kind(op))).take(2 * SAVES);
        renumbered(chosen, met as u64 + 1)
    };
    let edit = cost(&store, editor, head, &of_kind(|op| matches!(op, Operation::Set { .. })))?;
    let revision = cost(&store, editor, head, &of_kind(|op| matches!(op, Operation::Revise { .. })))?;
    Ok(vec![
        Figure::lower("wire, an edit of a field", edit, "bytes").to_reach(45.0),
        Figure::lower("wire, a new finding", finding, "bytes").to_reach(330.0),
        Figure::lower("wire, a revision of a narrative", revision, "bytes").to_reach(140.0),
    ])
}

/// The saves before a device's first meeting, with so many of them at the end apart.
fn split_last(device: &Device, count: usize) -> Outcome<(&[Save], &[Save])> {
    let met = device.meetings.first().copied().unwrap_or(0);
    let at = met.checked_sub(count).filter(|at| *at > 0).ok_or("a device wrote too little before the first meeting")?;
    Ok(device.saves[..met].split_at(at))
}

/// A store with everything up to the first meeting, numbered by the province; of the first device so many saves only.
fn store_holding(work: &Work, of_first: &[Save], folder: &Path) -> Outcome<Store> {
    let mut store = new_store(folder)?;
    let mut gsn = 0;
    for (at, device) in work.devices.iter().enumerate() {
        let met = device.meetings.first().copied().unwrap_or(0);
        let saves = if at == 0 { of_first } else { &device.saves[..met] };
        let number = |segment: SealedSegment| {
            gsn += 1;
            Incoming { gsn: Some(gsn), received_ms: Some(NOW_MS), bytes: compression::compress(segment.bytes()) }
        };
        let incoming = chain_of(device, saves)?.into_iter().map(number).collect();
        store.apply_segments(incoming, &[], NOW_MS)?;
    }
    Ok(store)
}

/// Saves from a lane's beginning, sealed.
fn chain_of(device: &Device, saves: &[Save]) -> Outcome<Vec<SealedSegment>> {
    seal(device, SegmentHash::GENESIS, saves)
}

fn seal(device: &Device, mut head: SegmentHash, saves: &[Save]) -> Outcome<Vec<SealedSegment>> {
    let mut chain = Vec::new();
    for run in saves.chunks(SAVES) {
        let segment = SealedSegment::seal(&device.lane, head, run, ClockQuality::default(), &device.key)?;
        head = segment.hash();
        chain.push(segment);
    }
    Ok(chain)
}

/// Saves as if they had followed each other. None of them names another.
fn renumbered<'a>(saves: impl Iterator<Item = &'a Save>, first_seq: u64) -> Vec<Save> {
    saves.zip(first_seq..).map(|(save, seq)| Save { seq, deps: Vec::new(), ..save.clone() }).collect()
}

/// The bytes that each save of the second segment adds to what the first takes.
fn cost(store: &Store, device: &Device, head: SegmentHash, saves: &[Save]) -> Outcome<f64> {
    if saves.len() < 2 * SAVES {
        return Err(format!("{} saves of a kind are not enough to measure", saves.len()).into());
    }
    let chain = seal(device, head, &saves[..2 * SAVES])?;
    let packed = |segments: &[SealedSegment]| -> Outcome<usize> {
        Ok(store.pack_segments(segments.to_vec())?.iter().map(|(parcel, _)| parcel.bytes.len()).sum())
    };
    Ok((packed(&chain)? - packed(&chain[..1])?) as f64 / SAVES as f64)
}
