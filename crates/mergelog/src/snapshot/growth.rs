//! From one snapshot to a later one: the segments between them, added up.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::schema::RecordId;

use super::page::{PageWriter, ends_page};
use super::{CarriedSegment, MAX_HEAD, Page, PageRef, SnapshotError, SnapshotHead, SnapshotLane, SnapshotRecord};
use crate::chain::{ChainVerdict, LaneCursor};
use crate::lane::{Lane, LaneId};
use crate::operation::{OpId, Operation, Save};
use crate::segment::{SealedSegment, SegmentHeader};
use crate::state::Stamp;

/// A snapshot that takes in the segments after it.
///
/// A segment is added up or carried whole, never both. It is carried if it cannot be read, has operations of a later
/// version, is not the author's to write, or changes a record that was not made in this scope by a segment that is
/// added up: whoever takes the snapshot judges it as if it had come alone.
///
/// However many steps it grows in, the outcome is the same. Memory holds what the segments of one step say, and the
/// pages they change.
pub struct Growth<J> {
    head: SnapshotHead,
    judge: J,
    lanes: BTreeMap<LaneId, (Lane, LaneCursor)>,
    /// What cannot be added up, whatever else comes.
    carried: Vec<CarriedSegment>,
    /// What is added up if the records it changes were made here.
    candidates: Vec<Candidate>,
}

struct Candidate {
    segment: CarriedSegment,
    lane: LaneId,
    saves: Vec<Save>,
    /// The records it makes.
    makes: BTreeSet<RecordId>,
    /// The records it changes.
    changes: BTreeSet<RecordId>,
}

impl<J: Fn(&SegmentHeader, &[Save]) -> bool> Growth<J> {
    /// Continues a snapshot of this [`EDITION`](super::EDITION). `judge` says whether a segment was its author's to
    /// write, by the registry up to `policy_epoch`; what it took for right once must stay so.
    pub fn of(mut head: SnapshotHead, policy_epoch: u64, judge: J) -> Growth<J> {
        let lanes = head.lanes.drain(..).map(|known| (known.lane.id(), (known.lane, known.cursor))).collect();
        let carried = std::mem::take(&mut head.carried);
        head.policy_epoch = policy_epoch;
        let mut growth = Growth { head, judge, lanes, carried: Vec::new(), candidates: Vec::new() };
        for segment in carried {
            match SealedSegment::from_bytes(segment.bytes.clone()) {
                Ok(opened) => growth.sort(segment, &opened),
                Err(_) => growth.carried.push(segment),
            }
        }
        growth
    }

    /// Up to which number segments were taken in.
    pub fn gsn(&self) -> u64 {
        self.head.gsn
    }

    /// Takes in the segment with the next number.
    ///
    /// # Errors
    /// [`SnapshotError::NotNext`]; the growth is then as it was.
    pub fn take(&mut self, gsn: u64, received_ms: u64, segment: &SealedSegment) -> Result<(), SnapshotError> {
        let header = segment.header();
        if header.lane.scope != self.head.scope {
            return Err(SnapshotError::NotNext("scope"));
        }
        if gsn != self.head.gsn + 1 {
            return Err(SnapshotError::NotNext("number"));
        }
        let id = header.lane.id();
        let cursor = self.lanes.get(&id).map(|(_, cursor)| *cursor).unwrap_or_default();
        if cursor.judge(header, segment.hash(), None) != ChainVerdict::Next {
            return Err(SnapshotError::NotNext("chain"));
        }
        self.lanes.insert(id, (header.lane.clone(), cursor.after(header, segment.hash())));
        self.head.gsn = gsn;
        self.head.digest.add(&segment.hash());
        self.sort(CarriedSegment { gsn, received_ms, bytes: segment.bytes().to_vec() }, segment);
        Ok(())
    }

    fn sort(&mut self, carried: CarriedSegment, segment: &SealedSegment) {
        let is_later = |op: &Operation| matches!(op, Operation::Unknown { .. });
        let candidate = segment.open().ok().filter(|saves| {
            (self.judge)(segment.header(), saves) && !saves.iter().any(|save| save.ops.iter().any(is_later))
        });
        let Some(saves) = candidate else {
            // Of a later version, or what claimed to be one: who put it into the log could not tell either.
            self.carried.push(carried);
            return;
        };
        let (mut makes, mut changes) = (BTreeSet::new(), BTreeSet::new());
        for op in saves.iter().flat_map(|save| &save.ops) {
            if let Operation::Create { record, .. } = op {
                makes.insert(*record);
            }
            changes.insert(op.record());
        }
        let lane = segment.header().lane.id();
        self.candidates.push(Candidate { segment: carried, lane, saves, makes, changes });
    }

    /// The pages of the snapshot that is continued which [`finish`](Self::finish) asks for, in order; it may ask for
    /// each more than once.
    pub fn needed_pages(&self) -> Vec<PageRef> {
        let touched: BTreeSet<RecordId> = self.candidates.iter().flat_map(|one| &one.changes).copied().collect();
        let mut touched = touched.iter().peekable();
        let mut needed = Vec::new();
        let mut goes_on = false;
        for (at, page) in self.head.pages.iter().enumerate() {
            let mut is_touched = is_open_end(&self.head.pages, at) && touched.peek().is_some();
            while touched.next_if(|id| **id <= page.last).is_some() {
                is_touched = true;
            }
            if is_touched || goes_on {
                needed.push(*page);
                // Where an id ends the page, what changed on it moves nothing of the next.
                goes_on = !ends_page(page.last, 0);
            }
        }
        needed
    }

    /// Puts what is added up onto the pages. `read` gives a page of the snapshot that was continued; `write` is given
    /// each page of the new one that is not among those.
    ///
    /// # Errors
    /// [`SnapshotError::TooLarge`] if a record, or what is carried whole, is beyond what readers accept; such a scope
    /// is read as segments.
    pub fn finish<E: From<SnapshotError>>(
        mut self,
        mut read: impl FnMut(&PageRef) -> Result<Page, E>,
        write: impl FnMut(&PageRef, &Page) -> Result<(), E>,
    ) -> Result<SnapshotHead, E> {
        let mut made_before = BTreeSet::new();
        for page in self.needed_pages() {
            made_before.extend(read(&page)?.records()?.into_iter().map(|(id, _)| id));
        }
        self.carry_strangers(&made_before);
        let Growth { head, judge: _, lanes, mut carried, candidates } = self;
        carried.sort_by_key(|segment| segment.gsn);
        let pages = merge_pages(&head.pages, added_up(&candidates), read, write)?;
        let lanes = lanes.into_values().map(|(lane, cursor)| SnapshotLane { lane, cursor }).collect();
        let head = SnapshotHead { lanes, carried, pages, ..head };
        if head.encode().len() > MAX_HEAD {
            return Err(SnapshotError::TooLarge("head").into());
        }
        Ok(head)
    }

    /// Sorts out the candidates that change a record nobody among the others made, until all that is left holds
    /// together. Every record on the pages was made in the scope.
    fn carry_strangers(&mut self, made_before: &BTreeSet<RecordId>) {
        loop {
            let made: BTreeSet<RecordId> = self.candidates.iter().flat_map(|one| &one.makes).copied().collect();
            let is_made = |id: &RecordId| made.contains(id) || made_before.contains(id);
            let all = std::mem::take(&mut self.candidates);
            let before = all.len();
            let (known, strangers): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|candidate| candidate.changes.iter().all(is_made));
            self.carried.extend(strangers.into_iter().map(|stranger| stranger.segment));
            self.candidates = known;
            if self.candidates.len() == before {
                return;
            }
        }
    }
}

fn added_up(candidates: &[Candidate]) -> BTreeMap<RecordId, SnapshotRecord> {
    let mut records: BTreeMap<RecordId, SnapshotRecord> = BTreeMap::new();
    for Candidate { segment, lane, saves, .. } in candidates {
        for save in saves {
            let stamp = Stamp { hlc: save.hlc, received_ms: Some(segment.received_ms), actor: save.actor };
            for (index, op) in save.ops.iter().enumerate() {
                let record = records.entry(op.record()).or_default();
                // The log's limits keep a save within 65,536 operations.
                record.state.apply(OpId { lane: *lane, seq: save.seq, index: index as u16 }, stamp, op);
                record.saves.insert((*lane, save.seq), stamp.order().millis());
            }
        }
    }
    records
}

/// Puts records onto pages; those that nothing changes on are not read.
fn merge_pages<E: From<SnapshotError>>(
    old: &[PageRef],
    records: BTreeMap<RecordId, SnapshotRecord>,
    mut read: impl FnMut(&PageRef) -> Result<Page, E>,
    mut write: impl FnMut(&PageRef, &Page) -> Result<(), E>,
) -> Result<Vec<PageRef>, E> {
    let mut pages = Vec::with_capacity(old.len());
    let mut added = records.into_iter().peekable();
    let mut writer = PageWriter::default();
    let mut put = |pages: &mut Vec<PageRef>, finished: Option<(PageRef, Page)>| -> Result<(), E> {
        let Some((named, page)) = finished else { return Ok(()) };
        write(&named, &page)?;
        pages.push(named);
        Ok(())
    };
    for (at, page) in old.iter().enumerate() {
        let open_end = is_open_end(old, at);
        let touched = added.peek().is_some_and(|(id, _)| *id <= page.last || open_end);
        if writer.is_empty() && !touched {
            pages.push(*page);
            continue;
        }
        for (id, mut record) in read(page)?.records()? {
            while let Some((new, record)) = added.next_if(|(new, _)| *new < id) {
                put(&mut pages, writer.put(new, &record)?)?;
            }
            if let Some((_, addition)) = added.next_if(|(new, _)| *new == id) {
                record.join(&addition);
            }
            put(&mut pages, writer.put(id, &record)?)?;
        }
    }
    for (id, record) in added {
        put(&mut pages, writer.put(id, &record)?)?;
    }
    put(&mut pages, writer.finish())?;
    Ok(pages)
}

/// Whether a page is the last and goes on where it ended; it may also have ended of itself.
fn is_open_end(pages: &[PageRef], at: usize) -> bool {
    at + 1 == pages.len() && !ends_page(pages[at].last, pages[at].length as usize)
}
