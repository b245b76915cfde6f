//! What leaves: saves sealed into segments, segments without a receipt, receipts, new incarnations.

use std::collections::{BTreeMap, HashMap};

use arumbae_domain::Scope;
use arumbae_mergelog::{ClockQuality, Lane, LaneCursor, LaneId, OpId, Operation, Save, SealedSegment, compression};
use arumbae_protocol::{Receipt, RegistryKey};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRngCore;
use rusqlite::Transaction;

use crate::derivation::Arrival;
use crate::error::{Result, StoreError};
use crate::materialise::apply_in_tx;
use crate::opening::{Store, draw_incarnation};
use crate::quarantine::QuarantineReason;
use crate::tables::lane::LaneRow;
use crate::tables::quarantine::NewQuarantined;
use crate::tables::segment::{NewSegment, SegmentRow};
use crate::tables::{installation, lane, pending_save, quarantine, receipt, segment};
use crate::upkeep::rebuild_in_tx;

/// Segments are closed at about this size: on a bad link one gets through between two cuts. A single save that is
/// larger is a segment of its own.
const SEGMENT_BYTES: usize = 16 * 1024;

impl Store {
    /// Seals every save not sealed yet into segments of at most some 16 KB, in one transaction. Returns how many
    /// segments were made.
    ///
    /// `clock` says how this device's clock compared with the server's; it is signed along.
    pub fn seal_pending(&mut self, clock: ClockQuality) -> Result<usize> {
        let key = self.device.clone();
        let sealed = self.write(|tx| {
            let mut sealed = 0;
            for row in lane::all(tx)?.into_iter().filter(|row| row.own && !row.frozen) {
                sealed += seal_lane_in_tx(tx, row, clock, &key)?;
            }
            Ok(sealed)
        })?;
        // Before anything of it can leave.
        self.remember_sealed()?;
        Ok(sealed)
    }

    /// Own segments without a receipt, oldest first; at least one if there is any, then up to `max_bytes`.
    pub fn unreceipted_segments(&self, max_bytes: usize) -> Result<Vec<SealedSegment>> {
        segment::unreceipted(&self.connection, max_bytes)
    }

    /// Segments of others that couriers brought and the server has not numbered, oldest first; at least one if there
    /// is any, then up to `max_bytes`. Nobody but this device may still have them, if their author's disk was lost.
    pub fn unnumbered_segments(&self, max_bytes: usize) -> Result<Vec<SealedSegment>> {
        segment::unnumbered_of_others(&self.connection, max_bytes)
    }

    /// Segments beyond what a peer says it has of each lane, for bundles: of one scope, or of every scope.
    /// What it does not name it is taken not to have.
    pub fn segments_after(
        &self,
        scope: Option<&Scope>,
        known: &[(LaneId, u64)],
        max_bytes: usize,
    ) -> Result<Vec<SealedSegment>> {
        let known: HashMap<LaneId, u64> = known.iter().copied().collect();
        let mut segments: Vec<SealedSegment> = Vec::new();
        let mut left = max_bytes;
        for row in lane::all(&self.connection)? {
            let last_known = known.get(&row.id).copied().unwrap_or(0);
            if scope.is_some_and(|scope| *scope != row.lane.scope) || last_known + 1 >= row.cursor.next_seq {
                continue;
            }
            for next in segment::of_lane_from(&self.connection, row.rid, last_known + 1, left)? {
                if !segments.is_empty() && next.bytes().len() > left {
                    return Ok(segments);
                }
                left = left.saturating_sub(next.bytes().len());
                segments.push(next);
            }
        }
        Ok(segments)
    }

    /// Takes in receipts that the province signed and that are for segments held here; the others are left out.
    /// Returns how many were new.
    ///
    /// With its receipt a segment is applied once more: its operations now carry the time the server had them.
    pub fn apply_receipts(&mut self, receipts: &[Receipt]) -> Result<usize> {
        let Some(enrolment) = self.enrolment()? else { return Ok(0) };
        let keys = self.registry.keys(RegistryKey(enrolment.registry_key));
        self.write(|tx| {
            let mut counted = 0;
            for signed in receipts.iter().filter(|receipt| keys.verify_receipt(receipt).is_ok()) {
                counted += usize::from(apply_receipt_in_tx(tx, signed)?);
            }
            Ok(counted)
        })
    }

    /// Begins a new incarnation: after a restore, or when a lane of this device forked.
    ///
    /// Saves that were never sealed, and those of a forked lane that have no receipt, are written again on lanes of
    /// the new incarnation, so that nothing is lost. Segments that were sealed stay what they are: if the server has
    /// them they are replays, and if not they still continue their lane. Should the original of a restored copy have
    /// sent the same saves meanwhile, equal values collapse.
    pub fn begin_incarnation(&mut self, rng: &mut impl CryptoRngCore) -> Result<()> {
        self.move_to_incarnation(draw_incarnation(rng))?;
        // Numbers that were taken back are not sealed any more.
        self.remember_sealed()
    }

    pub(crate) fn move_to_incarnation(&mut self, incarnation: u64) -> Result<()> {
        self.write(|tx| {
            let mut orphans = Vec::new();
            for row in lane::all(tx)?.into_iter().filter(|row| row.own) {
                let saves = take_unsent_in_tx(tx, &row)?;
                if !saves.is_empty() {
                    orphans.push((row.lane, saves));
                }
            }
            write_again_in_tx(tx, orphans, incarnation)?;
            installation::set_incarnation(tx, incarnation)?;
            rebuild_in_tx(tx)
        })?;
        self.incarnation = incarnation;
        Ok(())
    }
}

fn seal_lane_in_tx(tx: &Transaction<'_>, row: LaneRow, clock: ClockQuality, key: &SigningKey) -> Result<usize> {
    let mut cursor = row.cursor;
    let mut sealed = 0;
    let mut run = Vec::new();
    let mut run_bytes = 0;
    let mut seal = |run: &mut Vec<Save>| -> Result<()> {
        let segment = SealedSegment::seal(&row.lane, cursor.head_hash, run, clock, key)
            .map_err(|error| StoreError::Unwriteable(Box::new(error)))?;
        let packed = compression::compress(segment.bytes());
        segment::insert(
            tx,
            &NewSegment {
                lane: row.rid,
                segment: &segment,
                packed: &packed,
                gsn: None,
                received_ms: None,
                held_back: false,
            },
        )?;
        cursor = cursor.after(segment.header(), segment.hash());
        run.clear();
        sealed += 1;
        Ok(())
    };
    for (save, bytes) in pending_save::list(tx, row.rid)? {
        if !run.is_empty() && run_bytes + bytes > SEGMENT_BYTES {
            seal(&mut run)?;
            run_bytes = 0;
        }
        run_bytes += bytes;
        run.push(save);
    }
    if !run.is_empty() {
        seal(&mut run)?;
    }
    if sealed > 0 {
        lane::set_cursor(tx, row.rid, cursor)?;
        pending_save::remove_up_to(tx, row.rid, cursor.next_seq - 1)?;
    }
    Ok(sealed)
}

fn apply_receipt_in_tx(tx: &Transaction<'_>, signed: &Receipt) -> Result<bool> {
    let Receipt { lane, first_seq, count, hash, gsn, received_ms, signature: _ } = signed;
    let Some(row) = segment::by_hash(tx, *hash)? else { return Ok(false) };
    let header = row.segment.header();
    if header.lane != *lane || header.first_seq != *first_seq || header.count != *count {
        return Ok(false);
    }
    let is_new = receipt::insert(tx, signed)?;
    if !is_new && row.gsn.is_some() {
        return Ok(false);
    }
    segment::set_received(tx, row.rid, *gsn, *received_ms)?;
    quarantine::release(tx, *hash)?;
    lane::set_receipted(tx, row.lane, signed.last_seq())?;
    if !row.held_back {
        let lane = lane::get(tx, row.lane)?;
        let saves = row.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
        // A restored server may have it a second time; the first counts.
        let received_ms = row.received_ms.unwrap_or(*received_ms).min(*received_ms);
        let arrivals: Vec<Arrival<'_>> =
            saves.iter().map(|save| Arrival { lane: &lane, save, received_ms: Some(received_ms) }).collect();
        apply_in_tx(tx, &arrivals)?;
    }
    Ok(true)
}

/// Takes a lane's unsealed saves out of the log and, if it forked, those in segments that the server refused. The
/// lane then ends where the server last had it, and whatever the server has after that can continue it.
pub(crate) fn take_unsent_in_tx(tx: &Transaction<'_>, row: &LaneRow) -> Result<Vec<Save>> {
    let mut saves = Vec::new();
    if row.frozen {
        let refused = segment::unreceipted_of(tx, row.rid)?;
        if let Some(first) = refused.first() {
            let header = first.segment.header();
            let end = LaneCursor { next_seq: header.first_seq, head_hash: header.prev_hash };
            lane::set_cursor(tx, row.rid, end)?;
        }
        for SegmentRow { rid, segment, .. } in refused {
            saves.extend(segment.open().map_err(|error| StoreError::undecodable("log", error))?);
            quarantine::insert(
                tx,
                &NewQuarantined {
                    reason: QuarantineReason::Fork,
                    lane: Some(row.id),
                    first_seq: Some(segment.header().first_seq),
                    hash: segment.hash(),
                    gsn: None,
                    received_ms: None,
                    noted_ms: installation::hlc(tx)?.millis(),
                    by_server: false,
                    bytes: Some(segment.bytes()),
                },
            )?;
            segment::remove(tx, rid)?;
        }
        lane::set_frozen(tx, row.rid, false)?;
    }
    saves.extend(pending_save::list(tx, row.rid)?.into_iter().map(|(save, _)| save));
    pending_save::remove_up_to(tx, row.rid, u64::MAX >> 1)?;
    Ok(saves)
}

/// Writes saves again, unsealed, on lanes of another incarnation, with every reference among them following.
pub(crate) fn write_again_in_tx(tx: &Transaction<'_>, orphans: Vec<(Lane, Vec<Save>)>, incarnation: u64) -> Result<()> {
    let mut next_saves = HashMap::new();
    let mut renamed = HashMap::new();
    let mut moved = Vec::new();
    for (lane, saves) in orphans {
        let former = lane.id();
        let heir = lane::find_or_insert(tx, &Lane { incarnation, ..lane }, true)?;
        let next_save = next_saves.entry(heir.rid).or_insert(heir.next_save);
        let mut inherited = saves.first().map(|first| seen_before_in_tx(tx, former, first)).transpose()?;
        for mut save in saves {
            if let Some(seen) = inherited.take() {
                save.deps = seen.into_iter().collect();
            }
            for index in 0..save.ops.len() {
                let old = OpId { lane: former, seq: save.seq, index: index as u16 };
                renamed.insert(old, OpId { lane: heir.id, seq: *next_save, ..old });
            }
            moved.push((heir.rid, Save { seq: *next_save, ..save }));
            *next_save += 1;
        }
    }
    for (heir, mut save) in moved {
        save.ops.iter_mut().for_each(|op| follow_renamed(op, &renamed));
        pending_save::insert(tx, heir, &save)?;
    }
    for (heir, next_save) in next_saves {
        lane::set_next_save(tx, heir, next_save)?;
    }
    Ok(())
}

/// What the author of a save had seen of every other lane, the save's own former lane included. A save that moves to
/// another lane leaves behind what the saves before it had said.
fn seen_before_in_tx(tx: &Transaction<'_>, former: LaneId, save: &Save) -> Result<BTreeMap<LaneId, u64>> {
    let mut seen = BTreeMap::new();
    if let Some(row) = lane::find(tx, former)? {
        let mut next = 1;
        while let Some(held) = segment::holding(tx, row.rid, next)?.filter(|_| next < save.seq) {
            next = held.segment.last_seq() + 1;
            let saves = held.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
            seen.extend(saves.into_iter().filter(|before| before.seq < save.seq).flat_map(|before| before.deps));
        }
        seen.extend((save.seq > 1).then(|| (former, save.seq - 1)));
    }
    seen.extend(save.deps.iter().copied());
    Ok(seen)
}

/// Makes an operation's references follow the operations that were renamed.
fn follow_renamed(op: &mut Operation, renamed: &HashMap<OpId, OpId>) {
    let follow = |ids: &mut Vec<OpId>| {
        for id in ids.iter_mut() {
            *id = renamed.get(id).copied().unwrap_or(*id);
        }
        ids.sort_unstable();
    };
    match op {
        Operation::Set { preds, .. }
        | Operation::Transition { preds, .. }
        | Operation::Restore { preds, .. }
        | Operation::Resolve { preds, .. } => follow(preds),
        Operation::Revise { base, preds, .. } => {
            follow(preds);
            *base = base.map(|id| renamed.get(&id).copied().unwrap_or(id));
        }
        Operation::Remove { observed, .. } | Operation::Delete { observed, .. } => follow(observed),
        Operation::Create { .. }
        | Operation::Add { .. }
        | Operation::Rehome { .. }
        | Operation::Attach { .. }
        | Operation::Unknown { .. } => {}
    }
}
