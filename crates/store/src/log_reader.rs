//! Single saves read back from the log.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::{OpId, RecordState, Save, Stamp};
use rusqlite::Connection;

use crate::error::{Result, StoreError};
use crate::tables::{lane, pending_save, save_index, segment};
use crate::version::Version;

/// Reads saves by their place, each segment once.
#[derive(Default)]
pub(crate) struct LogReader {
    opened: BTreeMap<(i64, u64), (Save, Option<u64>)>,
}

impl LogReader {
    /// A save, and when the server received it.
    pub fn find(&mut self, connection: &Connection, lane: i64, seq: u64) -> Result<Option<(Save, Option<u64>)>> {
        if !self.opened.contains_key(&(lane, seq)) {
            match segment::holding(connection, lane, seq)? {
                Some(row) => {
                    let saves = row.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
                    self.opened.extend(saves.into_iter().map(|save| ((lane, save.seq), (save, row.received_ms))));
                }
                None => {
                    let saves = pending_save::list(connection, lane)?;
                    self.opened.extend(saves.into_iter().map(|(save, _)| ((lane, save.seq), (save, None))));
                }
            }
        }
        Ok(self.opened.get(&(lane, seq)).cloned())
    }

    /// A record as it was for somebody who had seen it at a version: made again from the saves they had seen.
    /// `None` if they had seen all there is.
    pub fn state_at(
        &mut self,
        connection: &Connection,
        record: RecordId,
        rid: i64,
        version: &Version,
    ) -> Result<Option<RecordState>> {
        let mut seen = Vec::new();
        let mut unseen = false;
        for (lane_rid, seq) in save_index::of_record(connection, rid)? {
            let lane = lane::get(connection, lane_rid)?.id;
            if version.has_seen(lane, seq) {
                seen.push((lane_rid, lane, seq));
            } else {
                unseen = true;
            }
        }
        if !unseen {
            return Ok(None);
        }
        let mut state = RecordState::new();
        for (lane_rid, lane, seq) in seen {
            let Some((save, received_ms)) = self.find(connection, lane_rid, seq)? else { continue };
            let stamp = Stamp { hlc: save.hlc, received_ms, actor: save.actor };
            for (index, op) in save.ops.iter().enumerate().filter(|(_, op)| op.record() == record) {
                state.apply(OpId { lane, seq, index: index as u16 }, stamp, op);
            }
        }
        Ok(Some(state))
    }
}
