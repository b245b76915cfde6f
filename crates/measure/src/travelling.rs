//! The workload as it travels: sealed, compressed segments in the order a server would hand them out.

use arumbae_mergelog::{ClockQuality, Save, SealedSegment, SegmentError, SegmentHash, compression};
use arumbae_store::Incoming;

use crate::work::{Device, Work};

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Where a device's saves are cut into segments. No segment reaches over a meeting of the devices.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// After so many saves.
    Saves(usize),
    /// At the end of the day, UTC.
    Days,
}

/// A segment on its way, and what is in it.
#[derive(Clone, Debug)]
pub struct Travelling<'a> {
    /// What goes over the wire.
    pub wire: Vec<u8>,
    /// Whose it is: a place among the devices.
    pub device: usize,
    /// What it was sealed from.
    pub saves: &'a [Save],
}

impl Travelling<'_> {
    /// How many operations it carries.
    pub fn operations(&self) -> usize {
        self.saves.iter().map(|save| save.ops.len()).sum()
    }

    /// When its last save was made, by its author's clock.
    fn made_ms(&self) -> u64 {
        self.saves.last().map_or(0, |save| save.hlc.millis())
    }

    /// As the store takes it in, numbered and timed by a server.
    pub fn incoming(&self, gsn: u64) -> Incoming {
        Incoming { gsn: Some(gsn), received_ms: Some(self.made_ms() + 1000), bytes: self.wire.clone() }
    }
}

/// Seals and compresses the work of every device.
pub fn travelling(work: &Work, cut: Cut) -> Result<Vec<Travelling<'_>>, SegmentError> {
    let mut all = Vec::new();
    for (at, device) in work.devices.iter().enumerate() {
        let mut head = SegmentHash::GENESIS;
        for saves in runs(device, cut) {
            let segment = SealedSegment::seal(&device.lane, head, saves, ClockQuality::default(), &device.key)?;
            head = segment.hash();
            all.push(Travelling { wire: compression::compress(segment.bytes()), device: at, saves });
        }
    }
    // A server has them when their devices were done with them; stable, so that every lane stays in its order.
    all.sort_by_key(Travelling::made_ms);
    Ok(all)
}

fn runs(device: &Device, cut: Cut) -> Vec<&[Save]> {
    let mut runs: Vec<&[Save]> = Vec::new();
    let mut rest = device.saves.as_slice();
    let mut taken = 0;
    for meeting in device.meetings.iter().copied().chain([device.saves.len()]) {
        let (round, after) = rest.split_at(meeting - taken);
        (rest, taken) = (after, meeting);
        match cut {
            Cut::Saves(count) => runs.extend(round.chunks(count)),
            Cut::Days => runs.extend(round.chunk_by(|save, next| day(save) == day(next))),
        }
    }
    runs
}

fn day(save: &Save) -> u64 {
    save.hlc.millis() / DAY_MS
}

/// What a link that has shown nothing yet is asked for in one answer (`LinkEstimate` of `arumbae-sync`).
pub const ANSWER_BYTES: usize = 256 << 10;

/// What a device gets in one answer each, and so applies in one transaction: segments up to so many bytes.
pub fn answers<'a, 'b>(mut segments: &'b [Travelling<'a>], bytes: usize) -> Vec<&'b [Travelling<'a>]> {
    let mut answers = Vec::new();
    while !segments.is_empty() {
        let mut total = 0;
        let fit = segments.iter().take_while(|segment| {
            total += segment.wire.len();
            total <= bytes
        });
        let (answer, rest) = segments.split_at(fit.count().max(1));
        answers.push(answer);
        segments = rest;
    }
    answers
}
