//! Where this installation stands: cursors, digests, the registry, the quarantine, the figures of the status bar.

use std::collections::BTreeSet;

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;
use arumbae_mergelog::{ClockQuality, Digest, Lane, LaneId, Operation, SegmentHash};
use arumbae_protocol::registry::Action;
use arumbae_protocol::{Receipt, Registry, ScopeCursor, SignedEntry};

use crate::error::{Result, StoreError};
use crate::opening::Store;
use crate::quarantine::{QuarantineReason, Quarantined};
use crate::tables::record::{self, Unshown};
use crate::tables::{
    blob, conflict, consigned, installation, lane, pending_save, quarantine, receipt, registry, scope_cursor, segment,
    snapshot, waiting_segment,
};
use crate::views::SyncSummary;

impl Store {
    /// How far each scope was read without a hole.
    pub fn cursors(&self) -> Result<Vec<ScopeCursor>> {
        scope_cursor::all(&self.connection)
    }

    /// From where the server is to go on in each scope: after what was read, unless a scope's history is read again or
    /// a snapshot of it is on its way.
    pub fn next_cursors(&self) -> Result<Vec<ScopeCursor>> {
        scope_cursor::next(&self.connection)
    }

    /// Reads a scope again from where its segments begin, after its digest turned out to differ and no repair helped.
    pub fn reset_cursor(&mut self, scope: &Scope) -> Result<()> {
        self.write(|tx| {
            let base = snapshot::numbered(tx, scope)?.map_or(0, |row| row.head.gsn);
            scope_cursor::set(tx, scope, base)
        })
    }

    /// The set digest of each scope over the segments the server has numbered up to the scope's cursor, own ones
    /// included: computed from what is held, and for what a snapshot stands for taken from it. Scopes of which
    /// something is on its way are left out.
    pub fn digests(&self) -> Result<Vec<(Scope, Digest)>> {
        let held = self.held()?;
        Ok(held.into_iter().map(|(scope, held)| (scope, held.digest())).collect())
    }

    /// How far every lane is known: what a peer needs to know to send the rest.
    pub fn version_vector(&self) -> Result<Vec<(LaneId, u64)>> {
        let lanes = lane::all(&self.connection)?;
        Ok(lanes.into_iter().map(|lane| (lane.id, lane.cursor.next_seq - 1)).filter(|(_, last)| *last > 0).collect())
    }

    /// The province's registry as far as it is known here.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Whether the user may write in a scope. As long as the province has said nothing about them they may: it waits.
    pub fn may_write(&self, scope: &Scope) -> bool {
        let person = self.profile.person_id;
        self.registry.grants_of(person).next().is_none() || self.registry.may(person, Action::Write, scope)
    }

    /// The registry's entries as the province signed them, in order.
    pub fn registry_entries(&self) -> Result<Vec<SignedEntry>> {
        registry::all(&self.connection)
    }

    /// The receipts that came last, newest first.
    pub fn receipts(&self, limit: usize) -> Result<Vec<Receipt>> {
        receipt::latest(&self.connection, limit)
    }

    /// The records and parts that a segment says something of; none if it is not held here.
    pub fn records_in(&self, segment: SegmentHash) -> Result<BTreeSet<RecordId>> {
        let Some(row) = segment::by_hash(&self.connection, segment)? else { return Ok(BTreeSet::new()) };
        let saves = row.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
        Ok(saves.iter().flat_map(|save| &save.ops).map(Operation::record).collect())
    }

    /// The name of the owner of a lane's device, as far as this device knows it.
    pub fn author_of_lane(&self, lane: LaneId) -> Option<String> {
        let row = lane::find(&self.connection, lane).ok().flatten()?;
        if row.own {
            return Some(self.profile.name.clone());
        }
        self.name_of(self.registry.owner_of(row.lane.device)?)
    }

    /// What is held but not part of the records, latest first: segments, then records that cannot be shown yet.
    pub fn quarantine(&self) -> Result<Vec<Quarantined>> {
        let mut held = quarantine::all(&self.connection)?;
        for Unshown { id, kind, changed_ms, saves } in record::unshown(&self.connection)? {
            let first = saves.places().next();
            let lane = first.map(|(lane, _)| lane::get(&self.connection, lane)).transpose()?;
            held.push(Quarantined {
                reason: if kind.is_some() { QuarantineReason::UnknownKind } else { QuarantineReason::UnknownRecord },
                lane: lane.map(|lane| lane.id),
                first_seq: first.map(|(_, seq)| seq),
                hash: None,
                record: Some(id),
                author: None,
                noted_ms: changed_ms,
                by_server: false,
                is_kept: true,
            });
        }
        for entry in &mut held {
            entry.author = entry.lane.and_then(|lane| self.author_of_lane(lane));
        }
        Ok(held)
    }

    /// A segment in quarantine as it came, uncompressed; `None` if its bytes are not held here.
    pub fn quarantined(&self, hash: SegmentHash) -> Result<Option<Vec<u8>>> {
        if let Some(bytes) = quarantine::bytes_of(&self.connection, hash)? {
            return Ok(Some(bytes));
        }
        let in_the_log =
            quarantine::held_for(&self.connection, hash)?.map(|_| segment::by_hash(&self.connection, hash));
        Ok(in_the_log.transpose()?.flatten().map(|row| row.segment.into_bytes()))
    }

    /// A lane by its short name, `None` if it was never heard of here.
    pub fn lane_named(&self, lane: LaneId) -> Result<Option<Lane>> {
        Ok(lane::find(&self.connection, lane)?.map(|row| row.lane))
    }

    /// The figures of the status bar.
    pub fn sync_summary(&self) -> Result<SyncSummary> {
        let (unsealed, unsealed_bytes) = pending_save::totals(&self.connection)?;
        let (sealed, sealed_bytes) = segment::unreceipted_totals(&self.connection)?;
        let contact = installation::contact(&self.connection)?;
        let lanes = lane::all(&self.connection)?;
        let blobs = blob::unsent(&self.connection)?;
        Ok(SyncSummary {
            waiting_saves: unsealed + sealed,
            waiting_bytes: unsealed_bytes + sealed_bytes,
            sent_saves: segment::receipted_total(&self.connection)?,
            consigned: consigned::totals(&self.connection)?,
            waiting_blobs: blobs.len() as u64,
            waiting_blob_bytes: blobs.iter().map(|blob| blob.byte_length).sum(),
            waiting_segments: waiting_segment::count(&self.connection)?,
            quarantined: quarantine::count(&self.connection)? + record::unshown(&self.connection)?.len() as u64,
            conflicts: conflict::fields(&self.connection)?,
            frozen_lanes: lanes.iter().filter(|lane| lane.own && lane.frozen).count() as u64,
            last_contact_ms: contact.map(|(at, _)| at),
            clock_offset_ms: contact.map(|(_, clock)| i64::from(clock.offset_ms)),
        })
    }

    /// Notes that the server answered, and how its clock compared.
    pub fn note_contact(&mut self, now_ms: u64, clock: ClockQuality) -> Result<()> {
        self.write(|tx| installation::set_contact(tx, now_ms, clock))
    }

    /// How this device's clock compared with the server's when it last answered.
    pub fn clock_quality(&self) -> Result<ClockQuality> {
        let contact = installation::contact(&self.connection)?;
        Ok(contact.map_or(ClockQuality { offset_ms: 0, uncertainty_ms: u32::MAX }, |(_, clock)| clock))
    }
}
