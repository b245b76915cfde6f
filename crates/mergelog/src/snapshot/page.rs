//! A page of a snapshot: neighbouring records with the saves that made them.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;

use super::{MAX_PAGE, PageRef, SnapshotError};
use crate::lane::LaneId;
use crate::state::RecordState;
use crate::wire::{Reader, WireError, put_varint, unzigzag, zigzag};

/// A page ends after about this many records, by their ids' last bits, which are random.
const RECORDS: u16 = 128;

/// A page also ends once it has this many bytes, so that ids that were not drawn at random make no endless one.
const FULL: usize = 512 << 10;

/// A record as a snapshot knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotRecord {
    /// Its operations' state.
    pub state: RecordState,
    /// The saves they came in, each with its author's clock, believed only up to five minutes past the moment the
    /// server had it; milliseconds since 1970 UTC.
    pub saves: BTreeMap<(LaneId, u64), u64>,
}

impl SnapshotRecord {
    /// Takes in what another part of the log knows of the same record.
    pub fn join(&mut self, other: &SnapshotRecord) {
        self.state.join(&other.state);
        for (save, at_ms) in &other.saves {
            let known = self.saves.entry(*save).or_insert(*at_ms);
            *known = (*known).min(*at_ms);
        }
    }
}

/// Neighbouring records as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    bytes: Vec<u8>,
}

impl Page {
    /// Takes bytes from outside and holds them against the head that names them.
    pub fn from_bytes(bytes: Vec<u8>, named: &PageRef) -> Result<Page, SnapshotError> {
        let same = bytes.len() == named.length as usize && blake3::hash(&bytes) == named.hash;
        if same { Ok(Page { bytes }) } else { Err(SnapshotError::WrongPage) }
    }

    /// The page's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The records, in ascending order of id.
    pub fn records(&self) -> Result<Vec<(RecordId, SnapshotRecord)>, SnapshotError> {
        let mut source = Source { bytes: Reader::new(&self.bytes), lanes: Vec::new(), at_ms: 0 };
        let mut records: Vec<(RecordId, SnapshotRecord)> = Vec::new();
        while source.bytes.remaining() > 0 {
            let id = RecordId(source.bytes.uuid()?);
            if records.last().is_some_and(|(last, _)| *last >= id) {
                return Err(SnapshotError::Malformed("order"));
            }
            let saves = source.saves()?;
            let length = source.bytes.narrow()?;
            let state = RecordState::decode(source.bytes.take(length)?)?;
            records.push((id, SnapshotRecord { state, saves }));
        }
        Ok(records)
    }
}

/// Records on their way onto a page, in ascending order.
#[derive(Default)]
pub(super) struct PageWriter {
    out: Vec<u8>,
    lanes: Vec<LaneId>,
    at_ms: u64,
    last: Option<RecordId>,
}

impl PageWriter {
    /// Puts a record on the page; the page, if it ends here.
    pub fn put(&mut self, id: RecordId, record: &SnapshotRecord) -> Result<Option<(PageRef, Page)>, SnapshotError> {
        let SnapshotRecord { state, saves } = record;
        self.out.extend_from_slice(id.0.as_bytes());
        put_varint(&mut self.out, saves.len() as u64);
        let mut before = (None, 0);
        for ((lane, seq), at_ms) in saves {
            self.lane(*lane);
            // Ascending, so within a lane the distance is enough.
            put_varint(&mut self.out, if before.0 == Some(*lane) { seq - before.1 } else { *seq });
            put_varint(&mut self.out, zigzag(at_ms.wrapping_sub(self.at_ms) as i64));
            (before, self.at_ms) = ((Some(*lane), *seq), *at_ms);
        }
        let state = state.encode();
        put_varint(&mut self.out, state.len() as u64);
        self.out.extend_from_slice(&state);
        self.last = Some(id);
        if self.out.len() > MAX_PAGE {
            return Err(SnapshotError::TooLarge("page"));
        }
        Ok(if ends_page(id, self.out.len()) { self.finish() } else { None })
    }

    /// Whether nothing was put on the page yet.
    pub fn is_empty(&self) -> bool {
        self.last.is_none()
    }

    /// The page as it is, and an empty one in its place.
    pub fn finish(&mut self) -> Option<(PageRef, Page)> {
        let PageWriter { out: bytes, last, .. } = std::mem::take(self);
        // Within the limit, so within 32 bits.
        let length = bytes.len() as u32;
        Some((PageRef { last: last?, length, hash: *blake3::hash(&bytes).as_bytes() }, Page { bytes }))
    }

    fn lane(&mut self, lane: LaneId) {
        match self.lanes.iter().position(|known| *known == lane) {
            Some(at) => put_varint(&mut self.out, at as u64),
            None => {
                put_varint(&mut self.out, self.lanes.len() as u64);
                self.out.extend_from_slice(&lane.0);
                self.lanes.push(lane);
            }
        }
    }
}

/// Whether a page of so many bytes ends after a record. It depends on the page alone, never on what follows.
pub(super) fn ends_page(last: RecordId, length: usize) -> bool {
    let [.., high, low] = last.0.into_bytes();
    u16::from_be_bytes([high, low]).is_multiple_of(RECORDS) || length >= FULL
}

struct Source<'a> {
    bytes: Reader<'a>,
    lanes: Vec<LaneId>,
    at_ms: u64,
}

impl Source<'_> {
    fn saves(&mut self) -> Result<BTreeMap<(LaneId, u64), u64>, WireError> {
        let mut saves = BTreeMap::new();
        let mut before = (None, 0_u64);
        for _ in 0..self.bytes.count(3)? {
            let lane = self.lane()?;
            let number = self.bytes.varint()?;
            let from = if before.0 == Some(lane) { before.1 } else { 0 };
            let seq = from.checked_add(number).filter(|seq| *seq > from).ok_or(WireError("number"))?;
            self.at_ms = self.at_ms.wrapping_add(unzigzag(self.bytes.varint()?) as u64);
            if saves.last_key_value().is_some_and(|(last, _)| *last >= (lane, seq)) {
                return Err(WireError("order"));
            }
            saves.insert((lane, seq), self.at_ms);
            before = (Some(lane), seq);
        }
        Ok(saves)
    }

    fn lane(&mut self) -> Result<LaneId, WireError> {
        let at: usize = self.bytes.narrow()?;
        if at == self.lanes.len() {
            self.lanes.push(LaneId(self.bytes.array()?));
        }
        self.lanes.get(at).copied().ok_or(WireError("lane"))
    }
}
