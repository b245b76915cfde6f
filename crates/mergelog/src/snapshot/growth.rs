//! From one snapshot to a later one: the segments between them, added up.

use std::collections::BTreeMap;
use std::iter::Peekable;

use arumbae_domain::schema::RecordId;

use super::page::{PageWriter, ends_page};
use super::{KeptSegment, MAX_HEAD, Page, PageRef, SnapshotError, SnapshotHead, SnapshotLane, SnapshotRecord};
use crate::chain::{ChainVerdict, LaneCursor};
use crate::lane::{Lane, LaneId};
use crate::operation::{OpId, Operation, Save};
use crate::segment::SealedSegment;
use crate::state::Stamp;

/// A snapshot that takes in the segments after it.
///
/// However many steps it grows in, the outcome is the same. Memory holds the records that the segments of one step
/// are about, and one page.
pub struct Growth {
    head: SnapshotHead,
    lanes: BTreeMap<LaneId, (Lane, LaneCursor)>,
    kept: Vec<KeptSegment>,
    records: BTreeMap<RecordId, SnapshotRecord>,
}

impl Growth {
    /// Continues a snapshot of this [`EDITION`](super::EDITION).
    pub fn of(mut head: SnapshotHead) -> Growth {
        let lanes = head.lanes.drain(..).map(|known| (known.lane.id(), (known.lane, known.cursor))).collect();
        Growth { lanes, kept: std::mem::take(&mut head.kept), records: BTreeMap::new(), head }
    }

    /// Up to which number segments were taken in.
    pub fn gsn(&self) -> u64 {
        self.head.gsn
    }

    /// Takes in the segment with the next number. Its signature was verified by whoever put it into the log.
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
        self.add_up(gsn, received_ms, segment);
        Ok(())
    }

    fn add_up(&mut self, gsn: u64, received_ms: u64, segment: &SealedSegment) {
        let whole = match segment.open() {
            Ok(saves) => {
                let lane = segment.header().lane.id();
                saves.iter().for_each(|save| self.add_save(lane, received_ms, save));
                let later = |op: &Operation| matches!(op, Operation::Unknown { .. });
                !saves.iter().any(|save| save.ops.iter().any(later))
            }
            // Of a later version, or what claimed to be one: who put it into the log could not tell either.
            Err(_) => false,
        };
        if !whole {
            self.kept.push(KeptSegment { gsn, received_ms, bytes: segment.bytes().to_vec() });
        }
    }

    fn add_save(&mut self, lane: LaneId, received_ms: u64, save: &Save) {
        let stamp = Stamp { hlc: save.hlc, received_ms: Some(received_ms), actor: save.actor };
        for (index, op) in save.ops.iter().enumerate() {
            let record = self.records.entry(op.record()).or_default();
            // The log's limits keep a save within 65,536 operations.
            record.state.apply(OpId { lane, seq: save.seq, index: index as u16 }, stamp, op);
            record.saves.insert((lane, save.seq), stamp.order().millis());
        }
    }

    /// The pages of the snapshot that is continued which [`finish`](Self::finish) may ask for, in order.
    pub fn needed_pages(&self) -> Vec<PageRef> {
        let mut added = self.records.keys().peekable();
        let mut needed = Vec::new();
        let mut goes_on = false;
        for (at, page) in self.head.pages.iter().enumerate() {
            let mut touched = is_open_end(&self.head.pages, at) && added.peek().is_some();
            while added.next_if(|id| **id <= page.last).is_some() {
                touched = true;
            }
            if touched || goes_on {
                needed.push(*page);
                // Where an id ends the page, what changed on it moves nothing of the next.
                goes_on = !ends_page(page.last, 0);
            }
        }
        needed
    }

    /// Puts what was taken in onto the pages. `read` gives a page of the snapshot that was continued; `write` is given
    /// each page of the new one that is not among those.
    ///
    /// # Errors
    /// [`SnapshotError::TooLarge`] if a record, or what is kept whole, is beyond what readers accept; such a scope is
    /// read as segments.
    pub fn finish<E: From<SnapshotError>>(
        self,
        mut read: impl FnMut(&PageRef) -> Result<Page, E>,
        mut write: impl FnMut(&PageRef, &Page) -> Result<(), E>,
    ) -> Result<SnapshotHead, E> {
        let Growth { head, lanes, kept, records } = self;
        let mut pages = Vec::with_capacity(head.pages.len());
        let mut added = records.into_iter().peekable();
        let mut writer = PageWriter::default();
        let mut put = |pages: &mut Vec<PageRef>, finished: Option<(PageRef, Page)>| -> Result<(), E> {
            let Some((named, page)) = finished else { return Ok(()) };
            write(&named, &page)?;
            pages.push(named);
            Ok(())
        };
        for (at, old) in head.pages.iter().enumerate() {
            let open_end = is_open_end(&head.pages, at);
            let touched = added.peek().is_some_and(|(id, _)| *id <= old.last || open_end);
            if writer.is_empty() && !touched {
                pages.push(*old);
                continue;
            }
            for (id, mut record) in read(old)?.records()? {
                while let Some((new, record)) = next_before(&mut added, id) {
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
        let lanes = lanes.into_values().map(|(lane, cursor)| SnapshotLane { lane, cursor }).collect();
        let head = SnapshotHead { lanes, kept, pages, ..head };
        if head.encode().len() > MAX_HEAD {
            return Err(SnapshotError::TooLarge("head").into());
        }
        Ok(head)
    }
}

/// Whether a page is the last and goes on where it ended; it may also have ended of itself.
fn is_open_end(pages: &[PageRef], at: usize) -> bool {
    at + 1 == pages.len() && !ends_page(pages[at].last, pages[at].length as usize)
}

type Added = Peekable<std::collections::btree_map::IntoIter<RecordId, SnapshotRecord>>;

fn next_before(added: &mut Added, id: RecordId) -> Option<(RecordId, SnapshotRecord)> {
    added.next_if(|(new, _)| *new < id)
}
