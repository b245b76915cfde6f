//! Single saves read back from the log.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::{ClockQuality, OpId, RecordState, Save, SegmentHash, Stamp};
use rusqlite::Connection;

use crate::error::{Result, StoreError};
use crate::tables::save_list::SaveList;
use crate::tables::{lane, pending_save, segment, snapshot};
use crate::version::Version;

/// Reads saves by their place, each segment once.
#[derive(Default)]
pub(crate) struct LogReader {
    opened: BTreeMap<(i64, u64), Logged>,
}

/// By lane, the first save that somebody had not before them.
pub(crate) type Unseen = BTreeMap<i64, u64>;

/// A save as it stands in the log.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub save: Save,
    /// Of the segment it is sealed in; `None` for an own save that waits to be.
    pub sealed: Option<Sealed>,
}

/// What a segment and the province say of the saves in it.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    pub hash: SegmentHash,
    pub clock: ClockQuality,
    pub gsn: Option<u64>,
    pub received_ms: Option<u64>,
}

impl Logged {
    /// When the server received it.
    pub fn received_ms(&self) -> Option<u64> {
        self.sealed.as_ref().and_then(|sealed| sealed.received_ms)
    }
}

impl LogReader {
    /// A save, `None` if it is not held here.
    pub fn find(&mut self, connection: &Connection, lane: i64, seq: u64) -> Result<Option<&Logged>> {
        if !self.opened.contains_key(&(lane, seq)) {
            match segment::holding(connection, lane, seq)? {
                Some(row) => {
                    let saves = row.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
                    let sealed = Some(Sealed {
                        hash: row.segment.hash(),
                        clock: row.segment.header().clock,
                        gsn: row.gsn,
                        received_ms: row.received_ms,
                    });
                    let logged = saves.into_iter().map(|save| Logged { save, sealed: sealed.clone() });
                    self.opened.extend(logged.map(|logged| ((lane, logged.save.seq), logged)));
                }
                None => {
                    let saves = pending_save::list(connection, lane)?;
                    let logged = saves.into_iter().map(|(save, _)| Logged { save, sealed: None });
                    self.opened.extend(logged.map(|logged| ((lane, logged.save.seq), logged)));
                }
            }
        }
        Ok(self.opened.get(&(lane, seq)))
    }

    /// A record as it was for somebody who had seen it at a version: made again from the saves they had seen, with what
    /// they had not. `None` if they had seen all there is. What the log no longer holds is taken from the snapshots.
    pub fn state_at(
        &mut self,
        connection: &Connection,
        record: RecordId,
        saves: &SaveList,
        version: &Version,
    ) -> Result<Option<(RecordState, Unseen)>> {
        let mut seen = Vec::new();
        let mut unseen = Unseen::new();
        for (lane_rid, seq) in saves.places() {
            let lane = lane::get(connection, lane_rid)?.id;
            if version.has_seen(lane, seq) {
                seen.push((lane_rid, lane, seq));
            } else {
                // In ascending order of number, so the first stays.
                unseen.entry(lane_rid).or_insert(seq);
            }
        }
        if unseen.is_empty() {
            return Ok(None);
        }
        let mut state = RecordState::new();
        let mut whole = true;
        for (lane_rid, lane, seq) in seen {
            let Some(logged) = self.find(connection, lane_rid, seq)? else {
                whole = false;
                continue;
            };
            let (save, received_ms) = (&logged.save, logged.received_ms());
            let stamp = Stamp { hlc: save.hlc, received_ms, actor: save.actor };
            for (index, op) in save.ops.iter().enumerate().filter(|(_, op)| op.record() == record) {
                state.apply(OpId { lane, seq, index: index as u16 }, stamp, op);
            }
        }
        if !whole {
            let known = snapshot::state_of(connection, record)?;
            state.join(&known.as_seen(|id| version.has_seen(id.lane, id.seq)));
        }
        Ok(Some((state, unseen)))
    }
}
