//! Snapshots in place of segments: noted, fetched piece by piece, and loaded.
//!
//! The rows are then what the snapshot and the segments held after it add up to. A snapshot counts by the province's
//! signature alone, which is less than a segment's author's: what was loaded can be held against the segments later
//! ([`check_snapshot`](Store::check_snapshot)), and the signature convicts a server that lied.

use std::collections::BTreeMap;
use std::error::Error;

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;
use arumbae_mergelog::compression::compress;
use arumbae_mergelog::snapshot::{CarriedSegment, EDITION, SnapshotLane, SnapshotRecord};
use arumbae_mergelog::{Hlc, LaneId, SealedSegment, SnapshotHash, SnapshotHead};
use arumbae_protocol::snapshot::{MAX_SNAPSHOT, PART_HEAD, TransferError, part_length, unpack_head, unpack_page};
use arumbae_protocol::{RegistryKey, ScopeCursor, SnapshotNote, SnapshotOffer};
use rusqlite::Transaction;

use crate::derivation::AddedUp;
use crate::error::{Result, StoreError};
use crate::incoming::{CurrentIncarnation, take_with_snapshot_in_tx};
use crate::materialise::join_in_tx;
use crate::opening::Store;
use crate::saving::LATEST_MS;
use crate::tables::covered_lane::CoveredLane;
use crate::tables::lane::LaneRow;
use crate::tables::snapshot_fetch::FetchRow;
use crate::tables::waiting_segment::WaitingSegment;
use crate::tables::{
    covered_lane, installation, lane, pending_save, scope_cursor, segment, snapshot, snapshot_fetch, snapshot_note,
};
use crate::views::ApplyOutcome;

/// The packed parts of a snapshot are read so many bytes at a time at most; none is larger.
const LARGEST_PART: usize = 16 << 20;

/// What of the store cannot be read if a fetched snapshot is not the one that was signed.
const FETCHED: &str = "fetched snapshot";

/// A snapshot that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSnapshot {
    /// Its name at the server.
    pub hash: SnapshotHash,
    /// Its length as it is sent.
    pub byte_length: u64,
    /// How many of its first bytes are held.
    pub held_bytes: u64,
}

/// What became of a snapshot that was fetched.
#[derive(Debug)]
pub enum LoadOutcome {
    /// It is in place, and what waited for it joined the log.
    Loaded(ApplyOutcome),
    /// It cannot be used. Nothing of it is kept, and the scope is read as segments.
    Unusable(Box<dyn Error + Send + Sync>),
}

impl Store {
    /// The newest snapshot known of each scope.
    pub fn known_snapshots(&self) -> Result<Vec<ScopeCursor>> {
        snapshot_note::newest(&self.connection)
    }

    /// Takes note of what the server offers. Returns how many of the offers are to be fetched.
    ///
    /// To be called before the cursors of the same answer are taken in: those of scopes whose snapshot comes in place
    /// of segments lead past it. An offer the province has not signed is left out; so are then its scope's cursor
    /// and whatever comes after it, which is asked for again.
    pub fn note_snapshots(&mut self, offers: &[SnapshotOffer], cursors: &mut Vec<ScopeCursor>) -> Result<usize> {
        let Some(enrolment) = self.enrolment()? else { return Ok(0) };
        let keys = self.registry.keys(RegistryKey(enrolment.registry_key));
        self.write(|tx| {
            let mut wanted = 0;
            for SnapshotOffer { note, byte_length, in_place_of_segments } in offers {
                let usable = keys.verify_note(note).is_ok() && note.edition <= EDITION && *byte_length <= MAX_SNAPSHOT;
                match (usable, in_place_of_segments) {
                    (true, true) => {
                        snapshot_fetch::begin(tx, note, *byte_length)?;
                        wanted += 1;
                    }
                    (true, false) => snapshot_note::insert(tx, note)?,
                    (false, true) => cursors.retain(|cursor| cursor.scope != note.scope),
                    (false, false) => {}
                }
            }
            Ok(wanted)
        })
    }

    /// The snapshots that are to be fetched.
    pub fn wanted_snapshots(&self) -> Result<Vec<WantedSnapshot>> {
        let wanted = |FetchRow { note, byte_length, held_bytes, .. }: FetchRow| WantedSnapshot {
            hash: note.hash,
            byte_length,
            held_bytes,
        };
        Ok(snapshot_fetch::all(&self.connection)?.into_iter().map(wanted).collect())
    }

    /// Keeps bytes of a snapshot that follow those held; others are left out. Returns how many are then held.
    pub fn receive_snapshot(&mut self, hash: SnapshotHash, first_byte: u64, bytes: &[u8]) -> Result<u64> {
        self.write(|tx| {
            let Some(FetchRow { note, byte_length, held_bytes, .. }) = snapshot_fetch::find(tx, hash)? else {
                return Ok(0);
            };
            let room = byte_length.saturating_sub(held_bytes) as usize;
            if first_byte != held_bytes || bytes.is_empty() || bytes.len() > room {
                return Ok(held_bytes);
            }
            snapshot_fetch::append(tx, &note.scope, first_byte, bytes)?;
            Ok(held_bytes + bytes.len() as u64)
        })
    }

    /// Gives a snapshot up that the server no longer has. Its scope is asked for anew.
    pub fn give_up_snapshot(&mut self, hash: SnapshotHash) -> Result<()> {
        self.write(|tx| match snapshot_fetch::find(tx, hash)? {
            Some(fetch) => snapshot_fetch::end(tx, &fetch.note.scope),
            None => Ok(()),
        })
    }

    /// Puts a snapshot that has arrived whole in place, in one transaction.
    pub fn load_snapshot(&mut self, hash: SnapshotHash, now_ms: u64) -> Result<LoadOutcome> {
        let current = (self.device_key(), self.incarnation);
        let registry = self.registry.clone();
        let loaded = self.write(|tx| {
            let Some(fetch) = snapshot_fetch::find(tx, hash)? else { return Ok(ApplyOutcome::default()) };
            let (lanes, carried) = load_in_tx(tx, &fetch, current, now_ms)?;
            let FetchRow { note, tail_gsn, .. } = fetch;
            snapshot_fetch::end(tx, &note.scope)?;
            scope_cursor::advance(tx, &ScopeCursor { scope: note.scope, gsn: note.gsn.max(tail_gsn) })?;
            take_with_snapshot_in_tx(tx, &registry, current, (&lanes, carried), now_ms)
        });
        match loaded {
            Ok(outcome) => Ok(LoadOutcome::Loaded(outcome)),
            Err(StoreError::Undecodable { what: FETCHED, source: why }) => {
                self.give_up_snapshot(hash)?;
                Ok(LoadOutcome::Unusable(why))
            }
            Err(error) => Err(error),
        }
    }
}

fn unusable(why: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::undecodable(FETCHED, why)
}

/// Checks a snapshot, keeps it and joins it into the rows. Returns its lanes, and the segments it carries whole.
fn load_in_tx(
    tx: &Transaction<'_>,
    fetch: &FetchRow,
    current: CurrentIncarnation,
    now_ms: u64,
) -> Result<(Vec<LaneRow>, Vec<WaitingSegment>)> {
    let mut parts = Parts { tx, scope: &fetch.note.scope, at: 0 };
    let head = unpack_head(&parts.next()?, &fetch.note).map_err(unusable)?;
    let lanes = place_lanes_in_tx(tx, &head, current)?;
    let mut latest = None;
    for named in &head.pages {
        let packed = parts.next()?;
        snapshot::insert_page(tx, named, &packed)?;
        let page = unpack_page(&packed, named).map_err(unusable)?;
        let records = page.records().map_err(unusable)?;
        latest = latest.max(records.iter().filter_map(|(_, record)| record.state.updated()).max());
        join_page_in_tx(tx, &lanes, records)?;
    }
    if parts.at != fetch.byte_length {
        return Err(unusable(TransferError::Cut));
    }
    witness_in_tx(tx, latest, now_ms)?;
    snapshot::replace(tx, &fetch.note, &head)?;
    snapshot::remove_loose_pages(tx)?;
    snapshot_note::forget(tx, &head.scope, head.gsn)?;
    let carried = head.carried.into_iter().map(carried).collect::<Result<_>>()?;
    Ok((lanes.into_values().collect(), carried))
}

/// A segment that a snapshot carries whole, as if it had come alone.
pub(crate) fn carried(CarriedSegment { gsn, received_ms, bytes }: CarriedSegment) -> Result<WaitingSegment> {
    let packed = compress(&bytes);
    let segment = SealedSegment::from_bytes(bytes).map_err(unusable)?;
    Ok(WaitingSegment { gsn: Some(gsn), received_ms: Some(received_ms), segment, packed })
}

/// The lanes of a snapshot, by identity.
pub(crate) type Lanes = BTreeMap<LaneId, LaneRow>;

/// Brings the lanes to where a snapshot has them. One that says something else than what is held here is frozen.
pub(crate) fn place_lanes_in_tx(
    tx: &Transaction<'_>,
    head: &SnapshotHead,
    current: CurrentIncarnation,
) -> Result<Lanes> {
    let mut lanes = Lanes::new();
    let sighting = installation::next_sighting(tx)?;
    for SnapshotLane { lane: named, cursor } in &head.lanes {
        let mut row = lane::find_or_insert(tx, named, named.device == current.0)?;
        let last_seq = cursor.next_seq - 1;
        if cursor.next_seq > row.cursor.next_seq {
            if (named.device, named.incarnation) == current || pending_save::any(tx, row.rid)? {
                // Another copy of this device must be writing.
                lane::set_frozen(tx, row.rid, true)?;
            } else {
                let known = covered_lane::find(tx, row.rid)?;
                let history = known.map_or(row.cursor, |covered| covered.history);
                covered_lane::set(tx, row.rid, &CoveredLane { last_seq, history })?;
                lane::set_cursor(tx, row.rid, *cursor)?;
                if !row.own {
                    lane::set_grown(tx, row.rid, sighting)?;
                }
            }
        } else if segment::ending_at(tx, row.rid, last_seq)?.is_some_and(|held| held != cursor.head_hash) {
            lane::set_frozen(tx, row.rid, true)?;
        }
        // The province's own word, as a receipt is.
        if row.own {
            lane::set_receipted(tx, row.rid, last_seq)?;
        }
        row = lane::get(tx, row.rid)?;
        lanes.insert(row.id, row);
    }
    Ok(lanes)
}

/// Joins a page's records into the rows.
pub(crate) fn join_page_in_tx(
    tx: &Transaction<'_>,
    lanes: &Lanes,
    records: Vec<(RecordId, SnapshotRecord)>,
) -> Result<()> {
    let mut added_up = Vec::with_capacity(records.len());
    for (record, known) in records {
        let place = |((lane, seq), at_ms): ((LaneId, u64), u64)| Some(((lanes.get(&lane)?.rid, seq), at_ms));
        let saves = known.saves.into_iter().map(place).collect::<Option<_>>();
        let saves = saves.ok_or_else(|| unusable(TransferError::OtherSnapshot))?;
        let created_in = known.state.created_in().and_then(|lane| lanes.get(&lane));
        added_up.push(AddedUp { record, state: known.state, saves, created_in });
    }
    join_in_tx(tx, &added_up).map(drop)
}

/// Makes the rows say what the snapshots held say; the segments come after.
pub(crate) fn rejoin_in_tx(tx: &Transaction<'_>) -> Result<()> {
    for row in snapshot::all(tx)? {
        let mut lanes = Lanes::new();
        for SnapshotLane { lane: named, cursor: _ } in &row.head.lanes {
            let found = lane::find(tx, named.id())?.ok_or_else(StoreError::damaged)?;
            lanes.insert(found.id, found);
        }
        for named in &row.head.pages {
            let records = snapshot::page(tx, named)?.records();
            join_page_in_tx(tx, &lanes, records.map_err(|error| StoreError::undecodable("snapshot", error))?)?;
        }
    }
    Ok(())
}

/// A snapshot as another database of this installation has it, to be put in place here too.
pub(crate) struct FoundSnapshot {
    pub note: SnapshotNote,
    pub head: SnapshotHead,
    /// Its pages, packed.
    pub pages: Vec<Vec<u8>>,
}

impl FoundSnapshot {
    /// Puts it in place unless what is here reaches further. Returns the segments it carries whole; the rows are made
    /// again by the caller.
    pub fn adopt_in_tx(self, tx: &Transaction<'_>, current: CurrentIncarnation) -> Result<Vec<WaitingSegment>> {
        let FoundSnapshot { note, head, pages } = self;
        if snapshot::numbered(tx, &head.scope)?.is_some_and(|known| known.head.gsn >= head.gsn) {
            return Ok(Vec::new());
        }
        for (named, packed) in head.pages.iter().zip(&pages) {
            snapshot::insert_page(tx, named, packed)?;
        }
        snapshot::replace(tx, &note, &head)?;
        snapshot::remove_loose_pages(tx)?;
        place_lanes_in_tx(tx, &head, current)?;
        scope_cursor::advance(tx, &ScopeCursor { scope: head.scope.clone(), gsn: head.gsn })?;
        head.carried.into_iter().map(carried).collect()
    }
}

fn witness_in_tx(tx: &Transaction<'_>, latest: Option<Hlc>, now_ms: u64) -> Result<()> {
    match latest {
        Some(latest) => installation::set_hlc(tx, installation::hlc(tx)?.witness(latest, now_ms.min(LATEST_MS))),
        None => Ok(()),
    }
}

/// The parts of a snapshot that has arrived, one after the other.
struct Parts<'a> {
    tx: &'a Transaction<'a>,
    scope: &'a Scope,
    at: u64,
}

impl Parts<'_> {
    /// The next part, without the length before it.
    fn next(&mut self) -> Result<Vec<u8>> {
        let cut = || unusable(TransferError::Cut);
        let head = snapshot_fetch::bytes(self.tx, self.scope, self.at, PART_HEAD)?;
        let length = part_length(head.as_slice().try_into().map_err(|_| cut())?);
        if length > LARGEST_PART {
            return Err(cut());
        }
        let part = snapshot_fetch::bytes(self.tx, self.scope, self.at + PART_HEAD as u64, length)?;
        self.at += (PART_HEAD + length) as u64;
        if part.len() == length { Ok(part) } else { Err(cut()) }
    }
}
