//! Work without end: one segment after another, as many as a store is to be filled with.
//!
//! Each of the devices in turn writes half a hundred saves, a finding of 18 operations and a small edit of it by turns. Names and
//! numbers are made of syllables and digits, so that an index meets as many different words as it would in an office.

use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Record, RecordId};
use arumbae_measure::Writer;
use arumbae_mergelog::{ClockQuality, RecordState, SealedSegment, SegmentError, SegmentHash, author, compression};
use arumbae_store::Incoming;
use ed25519_dalek::SigningKey;
use uuid::Uuid;

use crate::draw::Draw;

const DEVICES: usize = 20;
const FINDINGS_PER_SEGMENT: usize = 25;
/// 6 February 2024, 08:00 in Ambon.
const BEGIN_MS: u64 = 1_707_174_000_000;
const STEP_MS: u64 = 40_000;

/// What somebody may look for.
#[derive(Clone, Debug)]
pub struct Known {
    /// A person's name.
    pub name: String,
    /// Their NIP, as it was written.
    pub staff_number: String,
    /// The finding's number.
    pub number: String,
}

/// The work, as far as it has come.
#[derive(Debug)]
pub struct Season {
    draw: Draw,
    lanes: Vec<(Writer, SigningKey, SegmentHash)>,
    findings: usize,
    segments: u64,
    operations: usize,
    /// One finding in a hundred.
    known: Vec<Known>,
}

impl Season {
    /// Begins the work of a seed.
    pub fn new(seed: u64) -> Season {
        let mut draw = Draw(seed);
        let mut lane = |_| {
            let key = SigningKey::from_bytes(&draw.bytes());
            let writer = Writer::new(key.clone(), draw.next() >> 1, Uuid::from_bytes(draw.bytes()));
            (writer, key, SegmentHash::GENESIS)
        };
        let lanes = (0..DEVICES).map(&mut lane).collect();
        Season { draw, lanes, findings: 0, segments: 0, operations: 0, known: Vec::new() }
    }

    /// How many findings there are so far.
    pub fn findings(&self) -> usize {
        self.findings
    }

    /// How many operations, the creation of records left aside.
    pub fn operations(&self) -> usize {
        self.operations
    }

    /// What may be looked for.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// The next segment, as a server hands it out.
    pub fn next_segment(&mut self) -> Result<Incoming, SegmentError> {
        let at = self.segments as usize % DEVICES;
        for _ in 0..FINDINGS_PER_SEGMENT {
            self.write(at);
        }
        let (writer, key, head) = &mut self.lanes[at];
        let saves = writer.take_saves();
        self.operations += saves.iter().map(|save| save.ops.len()).sum::<usize>() - FINDINGS_PER_SEGMENT;
        let segment = SealedSegment::seal(writer.lane(), *head, &saves, ClockQuality::default(), key)?;
        *head = segment.hash();
        self.segments += 1;
        Ok(Incoming {
            gsn: Some(self.segments),
            received_ms: saves.last().map(|save| save.hlc.millis() + 1000),
            bytes: compression::compress(segment.bytes()),
        })
    }

    fn write(&mut self, at: usize) {
        let Season { draw, lanes, findings, known, .. } = self;
        let written = write_finding(draw, *findings, &mut lanes[at].0);
        if findings.is_multiple_of(100) {
            known.push(written);
        }
        *findings += 1;
    }
}

/// Writes a finding of 18 operations and a small edit of it, two saves. `number` also says when.
pub fn write_finding(draw: &mut Draw, number: usize, writer: &mut Writer) -> Known {
    let now_ms = BEGIN_MS + number as u64 * STEP_MS;
    let id = RecordId(uuid::Builder::from_unix_timestamp_millis(now_ms, &draw.bytes()).into_uuid());
    let (name, staff_number) = (draw.person(), draw.staff_number());
    let mut finding = draw.finding(id, number, &name, now_ms);
    finding.summary.0.push_str(&format!(" Terlapor {}, NIP {staff_number}.", draw.person()));
    let known = Known { name, staff_number, number: finding.number.clone() };
    let mut state = RecordState::new();
    let made = finding.to_document();
    writer.save(author::operations(&changes_between(None, &made), &|_| None), now_ms, &mut state);
    finding.event_place = format!("Depan {}", draw.sentence(2));
    finding.finder_address = draw.sentence(4);
    let changes = changes_between(Some(&made), &finding.to_document());
    let ops = author::operations(&changes, &|_| Some(state.clone()));
    writer.save(ops, now_ms + STEP_MS / 2, &mut state);
    known
}

const SYLLABLES: [&str; 40] = [
    "la", "tu", "hi", "na", "pe", "ru", "sa", "ma", "ka", "li", "wa", "ti", "mu", "so", "pa", "le", "ne", "ri", "ta",
    "ko", "be", "do", "ha", "lu", "si", "mi", "ra", "te", "wai", "lo", "po", "nu", "hu", "se", "tan", "man", "lan",
    "kel", "sol", "ber",
];

impl Draw {
    /// A name nobody has: three syllables, three syllables.
    fn person(&mut self) -> String {
        let mut name = || {
            let word: String = (0..3).map(|_| SYLLABLES[self.index(SYLLABLES.len())]).collect();
            word[..1].to_uppercase() + &word[1..]
        };
        format!("{} {}", name(), name())
    }

    fn staff_number(&mut self) -> String {
        let (year, month, day) = (1965 + self.below(35), 1 + self.below(12), 1 + self.below(28));
        let (from, since) = (1990 + self.below(34), 1 + self.below(12));
        format!("{year}{month:02}{day:02} {from}{since:02} {} {:03}", 1 + self.below(2), 1 + self.below(40))
    }
}
