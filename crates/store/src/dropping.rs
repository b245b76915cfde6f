//! Dropping: segments that everybody has, and that a snapshot made here stands for, leave this device. The province
//! keeps them.
//!
//! A segment leaves only if all of this holds:
//! - the province gave it a number, and signed a snapshot of the scope beyond that number;
//! - the same snapshot, byte for byte, came out of the segments held here: what stays says what they said;
//! - every author who wrote into the scope within the last [`ACTIVE_MS`] has, by their own saves, read it. Revoked
//!   devices and authors silent for longer are not waited for: the province has it for them too;
//! - it is not this device's own: what an officer signed stays with them, proofs and all, and should the province lose
//!   it, comes back from here;
//! - it is added up in the snapshot: what the snapshot carries whole stays.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::Scope;
use arumbae_mergelog::compression::{compress, decompress};
use arumbae_mergelog::snapshot::{EDITION, Growth, MAX_PAGE, Page, PageRef};
use arumbae_mergelog::{DeviceKey, LaneCursor, LaneId, Save, SegmentHeader, SnapshotHead};
use arumbae_protocol::registry::check_authorship;
use arumbae_protocol::{Registry, ScopeCursor, SnapshotNote};
use rusqlite::{Connection, Transaction};

use crate::error::{Result, StoreError};
use crate::opening::Store;
use crate::tables::acknowledged::{self, Acknowledged};
use crate::tables::covered_lane::{self, CoveredLane};
use crate::tables::segment::SegmentRow;
use crate::tables::{lane, registry, scope_cursor, segment, snapshot, snapshot_note};

/// How long after its last segment a lane counts as written by somebody who has to have read what is dropped; by the
/// times the server received, not by any clock of a device.
pub const ACTIVE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Less is not worth the work of adding a scope up.
const WORTHWHILE_BYTES: u64 = 256 * 1024;

/// Whoever asked for a scope's history keeps it for so long.
const HISTORY_KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// What adding up takes before it is put onto pages.
const STEP_BYTES: usize = 4 << 20;

/// What was dropped of a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Segments that left.
    pub segments: u64,
    /// Their bytes as they were stored.
    pub bytes: u64,
}

/// Why nothing was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptWhole {
    /// The province has signed no snapshot beyond what was dropped before.
    NoSnapshot,
    /// Somebody who writes into the scope has not read all of it yet.
    NotReadByAll,
    /// Not every segment is held here and part of the records.
    NotWhole,
    /// What the segments add up to here is not what the province signed.
    Different,
}

impl Store {
    /// Drops what may be dropped of a scope, in one transaction; see the [module](self) for what may.
    pub fn compact(&mut self, scope: &Scope) -> Result<std::result::Result<Dropped, KeptWhole>> {
        let own = self.device_key();
        let registry = self.registry.clone();
        self.write(|tx| compact_in_tx(tx, scope, own, &registry))
    }

    /// The scopes of which enough is held for dropping to be worth the work, and whose history nobody wants to read.
    pub fn scopes_worth_compacting(&self, now_ms: u64) -> Result<Vec<Scope>> {
        let mut worth = Vec::new();
        for ScopeCursor { scope, gsn: _ } in self.cursors()? {
            let wanted = scope_cursor::history_asked_ms(&self.connection, &scope)?
                .is_some_and(|asked| now_ms < asked.saturating_add(HISTORY_KEPT_MS));
            if !wanted && segment::foreign_bytes(&self.connection, &scope)? >= WORTHWHILE_BYTES {
                worth.push(scope);
            }
        }
        Ok(worth)
    }

    /// Asks for the whole history of a scope again; it comes with the next exchanges, and the records stay as they
    /// are meanwhile.
    pub fn ask_for_history(&mut self, scope: &Scope, now_ms: u64) -> Result<()> {
        self.write(|tx| scope_cursor::begin_history(tx, scope, now_ms))
    }

    /// The scopes whose history was asked for and has not come whole yet.
    pub fn scopes_reading_history(&self) -> Result<BTreeSet<Scope>> {
        scope_cursor::reading_history(&self.connection)
    }

    /// The scopes whose history was asked for and has come: what to hold against the snapshots
    /// ([`check_snapshot`](Store::check_snapshot)).
    pub fn scopes_with_history_fetched(&self) -> Result<BTreeSet<Scope>> {
        scope_cursor::history_fetched(&self.connection)
    }

    /// Holds the snapshot that a scope's records begin with against its segments, once they are all here again
    /// ([`ask_for_history`](Store::ask_for_history)). `None` if there is no snapshot, or not all of them are here.
    ///
    /// `Some(false)` convicts the server: it signed what the authors did not write.
    pub fn check_snapshot(&self, scope: &Scope) -> Result<Option<bool>> {
        let Some(base) = snapshot::numbered(&self.connection, scope)? else { return Ok(None) };
        if base.head.edition != EDITION {
            return Ok(None);
        }
        let registry = registry::replay_up_to(&self.connection, base.note.policy_epoch)?;
        let mut sum = Sum::of(SnapshotHead::empty(scope.clone()), &registry);
        let whole = sum.add(&self.connection, base.head.gsn)?;
        Ok(whole.then(|| sum.head.hash() == base.note.hash))
    }
}

fn compact_in_tx(
    tx: &Transaction<'_>,
    scope: &Scope,
    own: DeviceKey,
    registry: &Registry,
) -> Result<std::result::Result<Dropped, KeptWhole>> {
    let base = snapshot::numbered(tx, scope)?.map_or_else(|| SnapshotHead::empty(scope.clone()), |row| row.head);
    let cursor = scope_cursor::comparable(tx)?.into_iter().find(|cursor| cursor.scope == *scope);
    let reached = cursor.map_or(0, |cursor| cursor.gsn);
    let notes = snapshot_note::beyond(tx, scope, base.gsn)?;
    let usable = |note: &&SnapshotNote| {
        (note.edition, base.edition) == (EDITION, EDITION)
            && note.gsn <= reached
            && (base.policy_epoch..=registry.seq()).contains(&note.policy_epoch)
    };
    if !notes.iter().any(|note| usable(&note)) {
        return Ok(Err(KeptWhole::NoSnapshot));
    }
    let readers = Readers::of(tx, scope, reached, own, registry)?;
    let Some(note) = notes.iter().filter(usable).find(|note| readers.have_read(note.gsn)) else {
        return Ok(Err(KeptWhole::NotReadByAll));
    };
    let known_then = registry::replay_up_to(tx, note.policy_epoch)?;
    let mut sum = Sum::of(base, &known_then);
    let whole = sum.add(tx, note.gsn)?;
    let same = sum.head.hash() == note.hash;
    // Whatever comes of it, the same note is not tried twice.
    snapshot_note::forget(tx, scope, note.gsn)?;
    if !whole || !same {
        return Ok(Err(if whole { KeptWhole::Different } else { KeptWhole::NotWhole }));
    }
    let carried: BTreeSet<u64> = sum.head.carried.iter().map(|carried| carried.gsn).collect();
    // What stands in the snapshot has to be part of the records here, and stays so.
    if segment::held_back_up_to(tx, scope, note.gsn)?.iter().any(|gsn| !carried.contains(gsn)) {
        return Ok(Err(KeptWhole::NotWhole));
    }
    for (named, packed) in sum.fresh.values() {
        snapshot::insert_page(tx, named, packed)?;
    }
    snapshot::replace(tx, note, &sum.head)?;
    snapshot::remove_loose_pages(tx)?;
    drop_in_tx(tx, scope, note.gsn, &carried).map(Ok)
}

/// Takes foreign segments up to a number out of the log, without those that the snapshot carries whole.
fn drop_in_tx(tx: &Transaction<'_>, scope: &Scope, up_to: u64, carried: &BTreeSet<u64>) -> Result<Dropped> {
    let mut dropped = Dropped::default();
    for place in segment::foreign_numbered(tx, scope, up_to)? {
        if carried.contains(&place.gsn) {
            continue;
        }
        let before = covered_lane::find(tx, place.lane)?;
        let last_seq = before.map_or(0, |covered| covered.last_seq).max(place.last_seq);
        // Of a lane that lost its beginning nothing is held without a hole.
        covered_lane::set(tx, place.lane, &CoveredLane { last_seq, history: LaneCursor::default() })?;
        segment::remove(tx, place.rid)?;
        dropped.segments += 1;
        dropped.bytes += place.bytes;
    }
    Ok(dropped)
}

/// A snapshot that grows by the segments held here.
struct Sum<'a> {
    head: SnapshotHead,
    /// By which the authors' rights are judged.
    registry: &'a Registry,
    /// Its pages that are not kept in the store, packed.
    fresh: BTreeMap<[u8; 32], (PageRef, Vec<u8>)>,
}

impl<'a> Sum<'a> {
    fn of(head: SnapshotHead, registry: &'a Registry) -> Self {
        Sum { head, registry, fresh: BTreeMap::new() }
    }

    /// Adds the segments up to a number. Returns whether all of them are held.
    fn add(&mut self, connection: &Connection, up_to: u64) -> Result<bool> {
        while self.head.gsn < up_to {
            let (after, scope) = (self.head.gsn, self.head.scope.clone());
            let segments = segment::numbered_after(connection, &scope, (after, up_to), STEP_BYTES)?;
            let registry = self.registry;
            let judge = |header: &SegmentHeader, saves: &[Save]| check_authorship(header, saves, registry).is_ok();
            let mut growth = Growth::of(self.head.clone(), registry.seq(), judge);
            for SegmentRow { gsn, received_ms, segment, .. } in &segments {
                let (Some(gsn), Some(received_ms)) = (gsn, received_ms) else { return Ok(false) };
                if growth.take(*gsn, *received_ms, segment).is_err() {
                    return Ok(false);
                }
            }
            if segments.is_empty() {
                return Ok(false);
            }
            self.finish(connection, growth)?;
        }
        Ok(true)
    }

    fn finish(
        &mut self,
        connection: &Connection,
        growth: Growth<impl Fn(&SegmentHeader, &[Save]) -> bool>,
    ) -> Result<()> {
        let fresh = &self.fresh;
        let mut written = Vec::new();
        let read = |named: &PageRef| match fresh.get(&named.hash) {
            Some((_, packed)) => {
                let bytes = decompress(packed, MAX_PAGE).map_err(|error| StoreError::undecodable("snapshot", error))?;
                Page::from_bytes(bytes, named).map_err(StoreError::from)
            }
            None => snapshot::page(connection, named),
        };
        let write = |named: &PageRef, page: &Page| {
            written.push((named.hash, (*named, compress(page.bytes()))));
            Ok(())
        };
        self.head = growth.finish(read, write)?;
        self.fresh.extend(written);
        let named: BTreeSet<[u8; 32]> = self.head.pages.iter().map(|page| page.hash).collect();
        self.fresh.retain(|hash, _| named.contains(hash));
        Ok(())
    }
}

/// Who has to have read what is dropped, and how far they have.
struct Readers {
    /// Devices that write into the scope, with the last save of each other lane they are known to have read.
    active: BTreeMap<DeviceKey, BTreeMap<LaneId, u64>>,
    /// The foreign lanes' segments: number in the scope, lane, its device, last save.
    written: Vec<(u64, LaneId, DeviceKey, u64)>,
}

impl Readers {
    fn of(tx: &Transaction<'_>, scope: &Scope, reached: u64, own: DeviceKey, registry: &Registry) -> Result<Readers> {
        let lanes: BTreeMap<i64, lane::LaneRow> =
            lane::all(tx)?.into_iter().filter(|row| row.lane.scope == *scope).map(|row| (row.rid, row)).collect();
        note_acknowledgements_in_tx(tx, scope, reached)?;
        let last_received = segment::last_received(tx, scope)?;
        let newest = last_received.values().max().copied().unwrap_or_default();
        let mut active: BTreeMap<DeviceKey, BTreeMap<LaneId, u64>> = BTreeMap::new();
        for (rid, received_ms) in &last_received {
            let Some(row) = lanes.get(rid) else { continue };
            let device = row.lane.device;
            let revoked = registry.device(device).is_some_and(|device| device.revocation.is_some());
            if device != own && !revoked && newest.saturating_sub(*received_ms) < ACTIVE_MS {
                active.entry(device).or_default();
            }
        }
        for ((rid, other), seq) in acknowledged::all(tx)? {
            let Some(row) = lanes.get(&rid) else { continue };
            if let Some(read) = active.get_mut(&row.lane.device) {
                let known = read.entry(other).or_default();
                *known = seq.max(*known);
            }
        }
        let foreign = segment::foreign_numbered(tx, scope, reached)?;
        let written = foreign.into_iter().filter_map(|place| {
            let row = lanes.get(&place.lane)?;
            Some((place.gsn, row.id, row.lane.device, place.last_seq))
        });
        Ok(Readers { active, written: written.collect() })
    }

    /// Whether all of them have read the foreign segments up to a number.
    fn have_read(&self, up_to: u64) -> bool {
        let dropped = || self.written.iter().filter(|(gsn, ..)| *gsn <= up_to);
        self.active.iter().all(|(reader, read)| {
            let others = dropped().filter(|(_, _, device, _)| device != reader);
            others.into_iter().all(|(_, lane, _, last_seq)| read.get(lane).is_some_and(|seq| seq >= last_seq))
        })
    }
}

/// Looks at the saves nobody has looked at yet for what their authors had read.
fn note_acknowledgements_in_tx(tx: &Transaction<'_>, scope: &Scope, reached: u64) -> Result<()> {
    let mut from = scope_cursor::looked_at(tx, scope)?;
    while from < reached {
        let mut found = Acknowledged::new();
        let segments = segment::numbered_after(tx, scope, (from, reached), STEP_BYTES)?;
        for SegmentRow { lane, segment, .. } in &segments {
            let Ok(saves) = segment.open() else { continue };
            for (other, seq) in saves.into_iter().flat_map(|save| save.deps) {
                let known = found.entry((*lane, other)).or_default();
                *known = seq.max(*known);
            }
        }
        acknowledged::raise(tx, &found)?;
        from = segments.last().and_then(|row| row.gsn).unwrap_or(reached);
    }
    scope_cursor::set_looked_at(tx, scope, reached)
}
