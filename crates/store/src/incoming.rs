//! What comes in: segments of other lanes, entries of the registry, the server's notices.
//!
//! Nothing that comes in is trusted for where it came from: a segment counts by its signature, its place in its chain
//! and its author's rights, whether a server, a peer or a stick brought it. One bad segment stops its own lane at
//! most; everybody else's go on.

use std::collections::BTreeSet;
use std::error::Error;

use arumbae_domain::Scope;
use arumbae_mergelog::compression::{self, CompressionError};
use arumbae_mergelog::parcel::Unpacked;
use arumbae_mergelog::{ChainVerdict, DeviceKey, Lane, LaneCursor, Save, SealedSegment, SegmentError, SegmentHash};
use arumbae_protocol::registry::Action;
use arumbae_protocol::{KeyLineage, Notice, NoticeCode, Registry, RegistryKey, ScopeCursor, SignedEntry};
use rusqlite::Transaction;

use crate::ahead::for_each_ahead;
use crate::derivation::Arrival;
use crate::error::{Result, StoreError};
use crate::materialise::{Materialised, apply_in_tx};
use crate::opening::Store;
use crate::quarantine::QuarantineReason;
use crate::rights::check_rights;
use crate::saving::LATEST_MS;
use crate::tables::covered_lane::CoveredLane;
use crate::tables::lane::LaneRow;
use crate::tables::quarantine::NewQuarantined;
use crate::tables::save_list::SavePlace;
use crate::tables::segment::{NewSegment, SegmentRow, unpack};
use crate::tables::waiting_segment::WaitingSegment;
use crate::tables::{
    covered_lane, installation, lane, pending_save, quarantine, record, registry, scope_cursor, segment,
    waiting_segment,
};
use crate::territory;
use crate::upkeep::rebuild_in_tx;
use crate::views::{ApplyOutcome, Incoming};

impl Store {
    /// Takes in segments, in one transaction with the cursors they bring this device to.
    ///
    /// Before enrolment there is no registry to judge rights by, and every genuine segment is taken in.
    pub fn apply_segments(
        &mut self,
        segments: Vec<Incoming>,
        cursors: &[ScopeCursor],
        now_ms: u64,
    ) -> Result<ApplyOutcome> {
        self.apply_arriving(segments.into_iter().map(Arriving::from).collect(), cursors, now_ms)
    }

    pub(crate) fn apply_arriving(
        &mut self,
        segments: Vec<Arriving>,
        cursors: &[ScopeCursor],
        now_ms: u64,
    ) -> Result<ApplyOutcome> {
        let current = (self.device_key(), self.incarnation);
        let registry = self.registry.clone();
        self.write(|tx| {
            let outcome = take_in_tx(tx, &registry, current, segments, now_ms)?;
            cursors.iter().try_for_each(|cursor| scope_cursor::advance(tx, cursor))?;
            Ok(outcome)
        })
    }

    /// The keys of the province that gave `pinned` at enrolment, once these entries are taken in.
    ///
    /// # Errors
    /// [`StoreError::Registry`] if an entry is not the province's or does not continue the chain.
    pub fn keys_after(&self, entries: &[SignedEntry], pinned: RegistryKey) -> Result<KeyLineage> {
        if entries.is_empty() {
            return Ok(self.registry.keys(pinned));
        }
        let mut registry = self.registry.clone();
        registry.extend(entries, &pinned).map_err(StoreError::Registry)?;
        Ok(registry.keys(pinned))
    }

    /// Appends registry entries, each checked against the registry key of its place, and judges held-back segments
    /// anew. Returns how many entries were new.
    ///
    /// # Errors
    /// [`StoreError::Registry`] if an entry is not the province's or does not continue the chain; none is then kept.
    pub fn apply_registry(&mut self, entries: &[SignedEntry], now_ms: u64) -> Result<usize> {
        let Some(enrolment) = self.enrolment()? else { return Ok(0) };
        let key = RegistryKey(enrolment.registry_key);
        let mut registry = self.registry.clone();
        let current = (self.device_key(), self.incarnation);
        let known = self.registry.clone();
        let new = registry.extend(entries, &key).map_err(StoreError::Registry)?;
        let appended = self.write(|tx| {
            new.iter().try_for_each(|entry| registry::insert(tx, entry))?;
            if !new.is_empty() {
                let court = Court { tx, registry: &registry, current, now_ms };
                let withdrawn = court.withdraw(&known)?;
                court.judge_held_back()?;
                if withdrawn {
                    rebuild_in_tx(tx)?;
                }
            }
            Ok(new.len())
        })?;
        self.registry = registry;
        Ok(appended)
    }

    /// Notes what the server did not accept of what this device sent. A fork freezes an own lane until
    /// [`begin_incarnation`](Store::begin_incarnation); of somebody else's, which a courier brought here, it takes
    /// out what nobody but this device holds for true.
    pub fn note_server_notices(&mut self, notices: &[Notice], now_ms: u64) -> Result<()> {
        let current = (self.device_key(), self.incarnation);
        let registry = self.registry.clone();
        self.write(|tx| {
            let court = Court { tx, registry: &registry, current, now_ms };
            let mut rebuild = false;
            for Notice { index: _, lane, first_seq, hash, code } in notices {
                let reason = match code {
                    // Nothing is wrong with the segment: the ones before it have to be sent again.
                    NoticeCode::Gap => continue,
                    NoticeCode::Unreadable => QuarantineReason::NotASegment,
                    NoticeCode::Fork => QuarantineReason::Fork,
                    NoticeCode::NewerFormat => QuarantineReason::NewerFormat,
                    NoticeCode::NotPermitted => QuarantineReason::NoRight,
                    NoticeCode::Revoked => QuarantineReason::Revoked,
                    NoticeCode::Unknown => QuarantineReason::ServersOwn,
                };
                if let (NoticeCode::Fork, Some(lane)) = (code, lane)
                    && let Some(row) = lane::find(tx, lane.id())?
                {
                    lane::set_frozen(tx, row.rid, true)?;
                    rebuild |= !row.own && !court.set_branch_aside(&row, *first_seq)?.is_empty();
                }
                quarantine::insert(
                    tx,
                    &NewQuarantined {
                        reason,
                        lane: lane.as_ref().map(Lane::id),
                        first_seq: Some(*first_seq),
                        hash: *hash,
                        gsn: None,
                        received_ms: None,
                        noted_ms: now_ms,
                        by_server: true,
                        bytes: None,
                    },
                )?;
            }
            if rebuild {
                rebuild_in_tx(tx)?;
            }
            Ok(())
        })
    }
}

/// Takes segments into the log and the records.
pub(crate) fn take_in_tx(
    tx: &Transaction<'_>,
    registry: &Registry,
    current: CurrentIncarnation,
    segments: Vec<Arriving>,
    now_ms: u64,
) -> Result<ApplyOutcome> {
    let court = Court { tx, registry, current, now_ms };
    let mut intake = Intake { tx, court, outcome: ApplyOutcome::default(), accepted: Vec::new(), rebuild: false };
    // Signatures and columns cost as much as the writing does, and need nothing of the store.
    for_each_ahead(segments.into_iter().map(Ok), Arriving::open, |arrived| match arrived {
        Ok((waiting, opened)) => intake.take(waiting, opened),
        Err((incoming, why)) => intake.refuse(&incoming, &*why),
    })?;
    intake.finish()
}

/// Takes in what comes with a snapshot once its lanes are placed: the segments it carries whole, and what waited.
pub(crate) fn take_with_snapshot_in_tx(
    tx: &Transaction<'_>,
    registry: &Registry,
    current: CurrentIncarnation,
    (lanes, carried): (&[LaneRow], Vec<WaitingSegment>),
    now_ms: u64,
) -> Result<ApplyOutcome> {
    let court = Court { tx, registry, current, now_ms };
    let mut intake = Intake { tx, court, outcome: ApplyOutcome::default(), accepted: Vec::new(), rebuild: false };
    for carried in carried {
        intake.take_carried(&carried)?;
    }
    for lane in lanes {
        while let Some(waiting) = waiting_segment::take(tx, lane.id, lane::get(tx, lane.rid)?.cursor.next_seq)? {
            let opened = waiting.segment.open();
            intake.take(waiting, opened)?;
        }
    }
    intake.finish()
}

/// How far a lane's log reaches from its beginning once it reaches a place.
fn advance_over_held(tx: &Transaction<'_>, lane: i64, mut history: LaneCursor) -> Result<LaneCursor> {
    while let Some(held) = segment::holding(tx, lane, history.next_seq)? {
        let (header, hash) = (held.segment.header(), held.segment.hash());
        if history.judge(header, hash, None) != ChainVerdict::Next {
            break;
        }
        history = history.after(header, hash);
    }
    Ok(history)
}

/// A segment on its way in, as it came.
pub(crate) struct Arriving {
    gsn: Option<u64>,
    received_ms: Option<u64>,
    content: Content,
}

enum Content {
    Packed(Vec<u8>),
    Unpacked(Box<Unpacked>),
}

impl From<Incoming> for Arriving {
    fn from(incoming: Incoming) -> Self {
        let Incoming { gsn, received_ms, bytes } = incoming;
        Arriving { gsn, received_ms, content: Content::Packed(bytes) }
    }
}

impl Arriving {
    /// A segment out of a parcel, which the server numbered.
    pub fn unpacked(unpacked: Unpacked, gsn: u64, received_ms: u64) -> Arriving {
        Arriving { gsn: Some(gsn), received_ms: Some(received_ms), content: Content::Unpacked(Box::new(unpacked)) }
    }

    /// The segment, packed as it is kept, with what its signature and body are worth; or what it came as, and why that
    /// is no segment.
    fn open(self) -> std::result::Result<(WaitingSegment, Opened), (Incoming, Box<dyn Error + Send + Sync>)> {
        let Arriving { gsn, received_ms, content } = self;
        let (packed, segment, opened) = match content {
            Content::Packed(bytes) => match unpack(&bytes) {
                Ok(segment) => {
                    let opened = segment.open();
                    (bytes, segment, opened)
                }
                Err(why) => return Err((Incoming { gsn, received_ms, bytes }, why)),
            },
            Content::Unpacked(unpacked) => {
                let (segment, opened) = unpacked.open();
                (compression::compress(segment.bytes()), segment, opened)
            }
        };
        Ok((WaitingSegment { gsn, received_ms, segment, packed }, opened))
    }
}

/// The device and its present incarnation: lanes that only this store may extend.
pub(crate) type CurrentIncarnation = (DeviceKey, u64);

/// Segments on their way into the log, within one transaction.
struct Intake<'a> {
    tx: &'a Transaction<'a>,
    court: Court<'a>,
    outcome: ApplyOutcome,
    accepted: Vec<Accepted>,
    /// Something was taken out of the log's records again.
    rebuild: bool,
}

/// A segment of the log that is to become part of the records.
struct Accepted {
    segment: i64,
    lane: LaneRow,
    saves: Vec<Save>,
    received_ms: Option<u64>,
}

/// A segment's saves, or what is wrong with its signature or its body.
type Opened = std::result::Result<Vec<Save>, SegmentError>;

/// What a segment is after it was looked at by itself.
enum Judged {
    Readable(Vec<Save>),
    /// Genuine, and part of its chain, but not of the records yet.
    HeldBack(QuarantineReason),
    Refused(QuarantineReason),
}

impl Intake<'_> {
    fn take(&mut self, incoming: WaitingSegment, opened: Opened) -> Result<()> {
        let mut next = self.take_segment(incoming, opened)?;
        while let Some(waiting) = next {
            let opened = waiting.segment.open();
            next = self.take_segment(waiting, opened)?;
        }
        Ok(())
    }

    /// Keeps what is no segment.
    fn refuse(&mut self, incoming: &Incoming, why: &(dyn Error + Send + Sync + 'static)) -> Result<()> {
        let reason = if matches!(why.downcast_ref(), Some(SegmentError::NewerFormat { .. })) {
            QuarantineReason::NewerFormat
        } else if matches!(why.downcast_ref(), Some(CompressionError::UnknownCodec)) {
            QuarantineReason::NewerCompression
        } else {
            QuarantineReason::NotASegment
        };
        self.outcome.quarantined += 1;
        quarantine::insert(
            self.tx,
            &NewQuarantined {
                reason,
                lane: None,
                first_seq: None,
                hash: SegmentHash(*blake3::hash(&incoming.bytes).as_bytes()),
                gsn: incoming.gsn,
                received_ms: incoming.received_ms,
                noted_ms: self.court.now_ms,
                by_server: false,
                bytes: Some(&incoming.bytes),
            },
        )
    }

    /// Returns the segment that waited for this one, if there is one; it is judged like any other.
    fn take_segment(&mut self, incoming: WaitingSegment, opened: Opened) -> Result<Option<WaitingSegment>> {
        let hash = incoming.segment.hash();
        if let Some(known) = segment::by_hash(self.tx, hash)? {
            self.outcome.replayed += 1;
            self.note_numbered(&incoming, known)?;
            return Ok(None);
        }
        let judged = self.court.judge(&incoming.segment, opened);
        // A lane is only ever heard of by what its own device signed.
        if let Judged::Refused(reason) = judged {
            return self.quarantine(&incoming, reason, true);
        }
        let sender = &incoming.segment.header().lane;
        let row = lane::find_or_insert(self.tx, sender, sender.device == self.court.current.0)?;
        if let Some(covered) = covered_lane::find(self.tx, row.rid)?
            && incoming.segment.header().first_seq <= covered.last_seq
        {
            return self.take_history(&incoming, row, covered, judged);
        }
        let stored = segment::hash_at(self.tx, row.rid, incoming.segment.header().first_seq)?;
        let verdict = row.cursor.judge(incoming.segment.header(), hash, stored);
        // Where a lane forked, the branch stands that the province numbered, on every device.
        let by_province = incoming.gsn.is_some() && !row.own;
        if let ChainVerdict::Fork { at_seq } = verdict
            && by_province
            && let Some(row) = self.make_way(&row, &incoming, at_seq)?
        {
            return self.take_next(&incoming, row, judged);
        }
        if row.frozen && !(by_province && verdict == ChainVerdict::Next) {
            return self.quarantine(&incoming, QuarantineReason::FrozenLane, true);
        }
        match verdict {
            // Nobody but this device extends its present lanes, and none of its lanes while saves of it wait to be
            // sealed: another copy of the device must be writing.
            ChainVerdict::Next if (sender.device, sender.incarnation) == self.court.current => {
                self.freeze(&incoming, &row)
            }
            ChainVerdict::Next if pending_save::any(self.tx, row.rid)? => self.freeze(&incoming, &row),
            ChainVerdict::Next => self.take_next(&incoming, row, judged),
            ChainVerdict::Gap { .. } => {
                self.outcome.waiting += 1;
                waiting_segment::insert(self.tx, row.id, &incoming)?;
                Ok(None)
            }
            ChainVerdict::Replay => {
                self.outcome.replayed += 1;
                waiting_segment::take(self.tx, row.id, row.cursor.next_seq)
            }
            ChainVerdict::Fork { .. } => self.freeze(&incoming, &row),
        }
    }

    fn take_next(&mut self, incoming: &WaitingSegment, row: LaneRow, judged: Judged) -> Result<Option<WaitingSegment>> {
        let next_seq = row.cursor.after(incoming.segment.header(), incoming.segment.hash()).next_seq;
        let lane = row.id;
        self.append(incoming, row, judged)?;
        waiting_segment::take(self.tx, lane, next_seq)
    }

    /// Takes a branch of a lane that the province has not numbered out of the log, to be kept in quarantine, so that
    /// the one it numbered can take its place. `None` if the segment does not fit there either.
    fn make_way(&mut self, row: &LaneRow, incoming: &WaitingSegment, at_seq: u64) -> Result<Option<LaneRow>> {
        let header = incoming.segment.header();
        let cursor = LaneCursor { next_seq: at_seq, head_hash: header.prev_hash };
        let held: Vec<SegmentRow> = segment::of_lane_since(self.tx, row.rid, at_seq)?;
        let fits = |first: &SegmentRow| {
            first.segment.header().first_seq == at_seq && first.segment.header().prev_hash == header.prev_hash
        };
        if !held.first().is_some_and(fits) {
            return Ok(None);
        }
        let branch = self.court.set_branch_aside(row, at_seq)?;
        if branch.is_empty() {
            return Ok(None);
        }
        self.accepted.retain(|accepted| !branch.contains(&accepted.segment));
        lane::set_frozen(self.tx, row.rid, true)?;
        self.outcome.forked.push(row.id);
        self.outcome.quarantined += branch.len();
        self.rebuild = true;
        Ok(Some(LaneRow { cursor, ..row.clone() }))
    }

    /// A segment that a snapshot carries whole: its place in the lane is the snapshot's word, the rest is judged as ever.
    fn take_carried(&mut self, carried: &WaitingSegment) -> Result<()> {
        if segment::by_hash(self.tx, carried.segment.hash())?.is_some() {
            return Ok(());
        }
        let Some(row) = lane::find(self.tx, carried.segment.header().lane.id())? else { return Ok(()) };
        let judged = self.court.judge(&carried.segment, carried.segment.open());
        if let Judged::Refused(reason) = judged {
            return self.quarantine(carried, reason, true).map(drop);
        }
        let rid = self.insert(carried, &row, &judged)?;
        self.outcome.segments += 1;
        if let Judged::Readable(saves) = judged {
            self.outcome.saves += saves.len();
            self.accepted.push(Accepted { segment: rid, lane: row, saves, received_ms: carried.received_ms });
        }
        Ok(())
    }

    /// A segment whose saves stand in a snapshot. The rows know them; where it continues what is held from the lane's
    /// beginning it joins the log, so that they can be read and proven one by one.
    fn take_history(
        &mut self,
        incoming: &WaitingSegment,
        row: LaneRow,
        covered: CoveredLane,
        judged: Judged,
    ) -> Result<Option<WaitingSegment>> {
        let (header, hash) = (incoming.segment.header(), incoming.segment.hash());
        match covered.history.judge(header, hash, None) {
            ChainVerdict::Next if incoming.segment.last_seq() <= covered.last_seq => {
                self.insert(incoming, &row, &judged)?;
                self.outcome.segments += 1;
                let history = advance_over_held(self.tx, row.rid, covered.history.after(header, hash))?;
                if history.next_seq <= covered.last_seq {
                    covered_lane::set(self.tx, row.rid, &CoveredLane { history, ..covered })?;
                } else if history == row.cursor {
                    covered_lane::remove(self.tx, row.rid)?;
                } else {
                    // The lane's beginning does not lead to what the snapshot says it leads to: two lanes in one.
                    return self.freeze(incoming, &row);
                }
                Ok(None)
            }
            // Beyond what can be judged yet, and nothing new to the rows.
            ChainVerdict::Gap { .. } | ChainVerdict::Replay => {
                self.outcome.replayed += 1;
                Ok(None)
            }
            ChainVerdict::Next | ChainVerdict::Fork { .. } => self.freeze(incoming, &row),
        }
    }

    /// A segment that a peer brought before the server did, or that a restored server numbered anew: from now on its
    /// place and the server's time for it are known.
    fn note_numbered(&mut self, incoming: &WaitingSegment, known: SegmentRow) -> Result<()> {
        let (Some(gsn), Some(received_ms)) = (incoming.gsn, incoming.received_ms) else { return Ok(()) };
        if known.gsn == Some(gsn) && known.received_ms.is_some_and(|first| first <= received_ms) {
            return Ok(());
        }
        let lane = lane::get(self.tx, known.lane)?;
        if lane.own && known.gsn.is_none() {
            // It goes to the province again until its receipt comes: only that makes it sent.
            return Ok(());
        }
        segment::set_received(self.tx, known.rid, gsn, received_ms)?;
        if !known.held_back && known.received_ms.is_none_or(|first| received_ms < first) {
            let saves = known.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
            self.accepted.push(Accepted { segment: known.rid, lane, saves, received_ms: Some(received_ms) });
        }
        Ok(())
    }

    fn append(&mut self, incoming: &WaitingSegment, row: LaneRow, judged: Judged) -> Result<()> {
        let WaitingSegment { gsn, received_ms, segment, packed: _ } = incoming;
        let rid = self.insert(incoming, &row, &judged)?;
        lane::set_cursor(self.tx, row.rid, row.cursor.after(segment.header(), segment.hash()))?;
        // Of an earlier incarnation, and the server's own copy: there is nothing left to be receipted.
        if row.own && gsn.is_some() {
            lane::set_receipted(self.tx, row.rid, segment.last_seq())?;
        }
        self.outcome.segments += 1;
        if let Judged::Readable(saves) = judged {
            self.outcome.saves += saves.len();
            self.accepted.push(Accepted { segment: rid, lane: row, saves, received_ms: *received_ms });
        }
        Ok(())
    }

    fn insert(&mut self, incoming: &WaitingSegment, row: &LaneRow, judged: &Judged) -> Result<i64> {
        let WaitingSegment { gsn, received_ms, segment, packed } = incoming;
        let held_back = match judged {
            Judged::HeldBack(reason) => {
                self.quarantine(incoming, *reason, false)?;
                true
            }
            Judged::Readable(_) | Judged::Refused(..) => false,
        };
        if !held_back {
            // A damaged copy may have come before.
            quarantine::release(self.tx, segment.hash())?;
        }
        segment::insert(
            self.tx,
            &NewSegment { lane: row.rid, segment, packed, gsn: *gsn, received_ms: *received_ms, held_back },
        )
    }

    fn freeze(&mut self, incoming: &WaitingSegment, row: &LaneRow) -> Result<Option<WaitingSegment>> {
        lane::set_frozen(self.tx, row.rid, true)?;
        self.outcome.forked.push(row.id);
        self.quarantine(incoming, QuarantineReason::Fork, true)
    }

    fn quarantine(
        &mut self,
        incoming: &WaitingSegment,
        reason: QuarantineReason,
        keep_bytes: bool,
    ) -> Result<Option<WaitingSegment>> {
        self.outcome.quarantined += 1;
        let bytes = keep_bytes.then(|| incoming.segment.bytes());
        self.court.note(&incoming.segment, reason, (incoming.gsn, incoming.received_ms), bytes)?;
        Ok(None)
    }

    fn finish(mut self) -> Result<ApplyOutcome> {
        let applied = self.court.apply(self.accepted)?;
        self.outcome.quarantined += applied.held_back;
        self.outcome.records = applied.materialised.records;
        self.outcome.new_conflicts = applied.materialised.new_conflicts;
        if self.rebuild {
            rebuild_in_tx(self.tx)?;
        }
        Ok(self.outcome)
    }
}

/// What became of segments that were accepted by themselves.
struct Applied {
    materialised: Materialised,
    /// Segments that turned out to change records of scopes their authors may not write.
    held_back: usize,
}

/// Judges what segments mean, by the registry and by the records.
#[derive(Clone, Copy)]
struct Court<'a> {
    tx: &'a Transaction<'a>,
    registry: &'a Registry,
    current: CurrentIncarnation,
    now_ms: u64,
}

impl Court<'_> {
    /// Looks at a segment by itself: signature, body, and its author's rights.
    fn judge(&self, segment: &SealedSegment, opened: Opened) -> Judged {
        let saves = match opened {
            Ok(saves) => saves,
            Err(SegmentError::BadSignature) => return Judged::Refused(QuarantineReason::BadSignature),
            Err(SegmentError::NewerFormat { .. }) => return Judged::HeldBack(QuarantineReason::NewerFormat),
            // The header is genuine; a good copy of the body may still come and take this place.
            Err(SegmentError::BodyMismatch) => return Judged::Refused(QuarantineReason::BodyMismatch),
            Err(_) => return Judged::Refused(QuarantineReason::Undecodable),
        };
        match check_rights(segment.header(), &saves, self.registry, self.current.0) {
            Ok(()) => Judged::Readable(saves),
            Err(reason) => Judged::HeldBack(reason),
        }
    }

    /// Makes segments part of the records, but for those that change records of scopes their authors may not write.
    fn apply(&self, mut accepted: Vec<Accepted>) -> Result<Applied> {
        if let Some(latest) = accepted.iter().flat_map(|accepted| &accepted.saves).map(|save| save.hlc).max() {
            let hlc = installation::hlc(self.tx)?.witness(latest, self.now_ms.min(LATEST_MS));
            installation::set_hlc(self.tx, hlc)?;
            let sighting = installation::next_sighting(self.tx)?;
            for Accepted { lane, .. } in accepted.iter().filter(|accepted| !accepted.lane.own) {
                lane::set_grown(self.tx, lane.rid, sighting)?;
            }
        }
        let before = accepted.len();
        self.hold_back_known_strays(&mut accepted)?;
        let mut applied = self.merge(&accepted)?;
        applied.held_back += before - accepted.len();
        if applied.materialised.relocated {
            // What was written on a record before it came here may count now.
            let again = self.release(|reason| reason == QuarantineReason::ForeignScope)?;
            let more = self.merge(&again)?;
            applied.materialised.records.extend(more.materialised.records);
            applied.held_back += more.held_back;
        }
        Ok(applied)
    }

    /// Makes segments part of the records, and takes out again whatever now turns out to stray.
    fn merge(&self, accepted: &[Accepted]) -> Result<Applied> {
        let materialised = apply_in_tx(self.tx, &arrivals(accepted))?;
        let mut strays = BTreeSet::new();
        if self.registry.seq() > 0 {
            for record in &materialised.crossed {
                strays.extend(territory::strays(self.tx, *record, self.registry, self.current.0)?);
            }
        }
        let held_back = self.hold_back(&strays)?;
        if held_back > 0 {
            rebuild_in_tx(self.tx)?;
        }
        Ok(Applied { materialised, held_back })
    }

    /// A lane that was held back once for changing others' records is looked at before it is applied, so that doing it
    /// again and again costs its readers nothing.
    fn hold_back_known_strays(&self, accepted: &mut Vec<Accepted>) -> Result<()> {
        let suspects = quarantine::lanes_of(self.tx, QuarantineReason::ForeignScope)?;
        if suspects.is_empty() || self.registry.seq() == 0 {
            return Ok(());
        }
        let mut strays = BTreeSet::new();
        for Accepted { segment, lane, saves, .. } in accepted.iter().filter(|one| suspects.contains(&one.lane.id)) {
            for op in saves.iter().flat_map(|save| &save.ops) {
                let scope = record::scope_of(self.tx, op.record())?;
                if scope.is_some_and(|scope| !self.may_change(lane, &scope)) {
                    strays.insert(*segment);
                }
            }
        }
        for rid in &strays {
            self.hold_back_segment(*rid)?;
        }
        accepted.retain(|accepted| !strays.contains(&accepted.segment));
        Ok(())
    }

    fn may_change(&self, lane: &LaneRow, scope: &Scope) -> bool {
        let owner = self.registry.owner_of(lane.lane.device);
        lane.lane.scope == *scope || owner.is_some_and(|owner| self.registry.might(owner, Action::Write, scope, 0))
    }

    /// Holds back the segments of these saves.
    fn hold_back(&self, strays: &BTreeSet<SavePlace>) -> Result<usize> {
        let mut segments = BTreeSet::new();
        for (lane, seq) in strays {
            segments.extend(segment::holding(self.tx, *lane, *seq)?.map(|held| held.rid));
        }
        segments.iter().try_for_each(|rid| self.hold_back_segment(*rid))?;
        Ok(segments.len())
    }

    fn hold_back_segment(&self, rid: i64) -> Result<()> {
        let row = segment::get(self.tx, rid)?;
        segment::hold_back(self.tx, rid)?;
        self.note(&row.segment, QuarantineReason::ForeignScope, (row.gsn, row.received_ms), None)
    }

    /// Puts a segment down for the quarantine, with its bytes if they are not in the log.
    fn note(
        &self,
        segment: &SealedSegment,
        reason: QuarantineReason,
        (gsn, received_ms): (Option<u64>, Option<u64>),
        bytes: Option<&[u8]>,
    ) -> Result<()> {
        let header = segment.header();
        quarantine::insert(
            self.tx,
            &NewQuarantined {
                reason,
                lane: Some(header.lane.id()),
                first_seq: Some(header.first_seq),
                hash: segment.hash(),
                gsn,
                received_ms,
                noted_ms: self.now_ms,
                by_server: false,
                bytes,
            },
        )
    }

    /// Takes what the province has not numbered of a lane, from a save on, out of the log and into quarantine. Returns
    /// which segments that were; none if the province numbered any of it.
    fn set_branch_aside(&self, row: &LaneRow, from_seq: u64) -> Result<Vec<i64>> {
        let branch: Vec<SegmentRow> = segment::of_lane_since(self.tx, row.rid, from_seq)?;
        let Some(first) = branch.first().map(|first| first.segment.header()) else { return Ok(Vec::new()) };
        if branch.iter().any(|held| held.gsn.is_some()) {
            return Ok(Vec::new());
        }
        for held in &branch {
            quarantine::release(self.tx, held.segment.hash())?;
            self.note(&held.segment, QuarantineReason::Fork, (None, None), Some(held.segment.bytes()))?;
            segment::remove(self.tx, held.rid)?;
        }
        let end = LaneCursor { next_seq: first.first_seq, head_hash: first.prev_hash };
        lane::set_cursor(self.tx, row.rid, end)?;
        Ok(branch.iter().map(|held| held.rid).collect())
    }

    /// Takes out of the records what the registry no longer lets stand: what a device wrote past its revocation, and,
    /// with the first entries, what came in when nobody's rights were known. Returns whether there was any.
    fn withdraw(&self, known: &Registry) -> Result<bool> {
        let mut withdrawn = false;
        for lane in lane::all(self.tx)?.into_iter().filter(|lane| !lane.own) {
            let revocation =
                |registry: &Registry| registry.device(lane.lane.device).and_then(|device| device.revocation.clone());
            if known.seq() > 0 && revocation(known) == revocation(self.registry) {
                continue;
            }
            for row in segment::of_lane_since(self.tx, lane.rid, 1)?.into_iter().filter(|row| !row.held_back) {
                if let Judged::HeldBack(reason) = self.judge(&row.segment, row.segment.open()) {
                    segment::hold_back(self.tx, row.rid)?;
                    self.note(&row.segment, reason, (row.gsn, row.received_ms), None)?;
                    withdrawn = true;
                }
            }
        }
        Ok(withdrawn)
    }

    /// Gives every held-back segment another hearing, after the registry or the program changed.
    fn judge_held_back(&self) -> Result<()> {
        let accepted = self.release(|_| true)?;
        self.apply(accepted).map(drop)
    }

    /// Takes segments that may be part of the records after all out of the quarantine.
    fn release(&self, which: impl Fn(QuarantineReason) -> bool) -> Result<Vec<Accepted>> {
        let mut accepted = Vec::new();
        for row in segment::held_back(self.tx)? {
            let reason = quarantine::reason_of(self.tx, row.segment.hash())?;
            if reason.is_none_or(&which)
                && let Judged::Readable(saves) = self.judge(&row.segment, row.segment.open())
            {
                segment::release(self.tx, row.rid)?;
                quarantine::release(self.tx, row.segment.hash())?;
                let lane = lane::get(self.tx, row.lane)?;
                accepted.push(Accepted { segment: row.rid, lane, saves, received_ms: row.received_ms });
            }
        }
        Ok(accepted)
    }
}

fn arrivals(accepted: &[Accepted]) -> Vec<Arrival<'_>> {
    accepted
        .iter()
        .flat_map(|Accepted { segment: _, lane, saves, received_ms }| {
            saves.iter().map(|save| Arrival { lane, save, received_ms: *received_ms })
        })
        .collect()
}

/// Gives every held-back segment another hearing, and what could not be unpacked another try, after the program changed.
pub(crate) fn judge_held_back_in_tx(
    tx: &Transaction<'_>,
    registry: &Registry,
    current: CurrentIncarnation,
    now_ms: u64,
) -> Result<()> {
    Court { tx, registry, current, now_ms }.judge_held_back()?;
    let undecoded = quarantine::take_undecoded(tx)?.into_iter().map(Arriving::from).collect();
    take_in_tx(tx, registry, current, undecoded, now_ms).map(drop)
}

#[cfg(test)]
mod tests {
    use arumbae_domain::change::Change;
    use arumbae_domain::schema::{RecordId, RecordKind};
    use arumbae_mergelog::compression::compress;
    use rand_core::OsRng;
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;
    use crate::saving::tests::new_store;
    use crate::upkeep::StateFingerprint;

    /// A store that holds what another wrote, with the fingerprint that says so.
    fn reader() -> (TempDir, Store, SealedSegment, StateFingerprint) {
        let (_dir, mut author, context) = new_store();
        for _ in 0..2 {
            let change = Change::Create { record: RecordId(Uuid::now_v7()), kind: RecordKind::Finding };
            author.save(&[change], &context).expect("written");
        }
        author.seal_pending(author.clock_quality().expect("readable")).expect("sealed");
        let segment = author.unreceipted_segments(usize::MAX).expect("readable").remove(0);
        let (dir, mut store, _) = new_store();
        let incoming = Incoming { gsn: Some(1), received_ms: Some(1), bytes: compress(segment.bytes()) };
        store.apply_segments(vec![incoming], &[], 1).expect("taken in");
        let fingerprint = store.state_fingerprint().expect("readable");
        (dir, store, segment, fingerprint)
    }

    /// Leaves a store as an older program would have, opens it with this one, and finds everything in it.
    #[track_caller]
    fn check_upgrade(as_older: impl FnOnce(&mut Store, &SealedSegment)) {
        let (dir, mut store, segment, fingerprint) = reader();
        as_older(&mut store, &segment);
        assert_ne!(store.state_fingerprint().expect("readable"), fingerprint, "the older program had not shown it");
        drop(store);
        let store = Store::unlock(dir.path(), "sagu", 1, &mut OsRng).expect("opens");
        assert_eq!(store.state_fingerprint().expect("readable"), fingerprint);
        assert_eq!(store.quarantine().expect("readable"), []);
    }

    fn hold(store: &mut Store, segment: &SealedSegment, reason: QuarantineReason, bytes: Option<&[u8]>) {
        let registry = store.registry.clone();
        let current = (store.device_key(), store.incarnation);
        let times = (Some(1), Some(1));
        store
            .write(|tx| {
                let court = Court { tx, registry: &registry, current, now_ms: 1 };
                court.note(segment, reason, times, bytes)?;
                tx.execute("UPDATE quarantine SET lane = NULL WHERE bytes IS NOT NULL", [])?;
                rebuild_in_tx(tx)
            })
            .expect("held");
    }

    #[test]
    fn a_newer_program_reads_what_an_older_one_held_back() {
        check_upgrade(|store, segment| {
            store.connection.execute("UPDATE segment SET held_back = 1", []).expect("held back");
            hold(store, segment, QuarantineReason::NewerFormat, None);
        });
    }

    #[test]
    fn a_newer_program_unpacks_what_an_older_one_could_not() {
        check_upgrade(|store, segment| {
            store.connection.execute("DELETE FROM segment", []).expect("not taken in");
            store.connection.execute("DELETE FROM lane", []).expect("not known");
            hold(store, segment, QuarantineReason::NewerCompression, Some(&compress(segment.bytes())));
        });
    }

    #[test]
    fn a_newer_program_shows_what_an_older_one_could_not() {
        check_upgrade(|store, _| {
            let older = "UPDATE record SET kind = 999, title = ''; UPDATE installation SET materialised_by = 0;";
            store.connection.execute_batch(older).expect("rows of an older program");
        });
    }
}
