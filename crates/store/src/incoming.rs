//! What comes in: segments of other lanes, entries of the registry, the server's notices.
//!
//! Nothing that comes in is trusted for where it came from: a segment counts by its signature, its place in its chain
//! and its author's rights, whether a server, a peer or a stick brought it. One bad segment stops its own lane at
//! most; everybody else's go on.

use std::error::Error;

use arumbae_mergelog::compression::CompressionError;
use arumbae_mergelog::{ChainVerdict, DeviceKey, Lane, Save, SealedSegment, SegmentError, SegmentHash};
use arumbae_protocol::registry::Refusal;
use arumbae_protocol::{Notice, NoticeCode, Registry, RegistryKey, ScopeCursor, SignedEntry};
use rusqlite::Transaction;

use crate::ahead::for_each_ahead;
use crate::derivation::Arrival;
use crate::error::{Result, StoreError};
use crate::materialise::{Materialised, apply_in_tx};
use crate::opening::Store;
use crate::quarantine::QuarantineReason;
use crate::saving::LATEST_MS;
use crate::tables::lane::LaneRow;
use crate::tables::quarantine::NewQuarantined;
use crate::tables::segment::{NewSegment, SegmentRow, unpack};
use crate::tables::waiting_segment::WaitingSegment;
use crate::tables::{installation, lane, pending_save, quarantine, registry, scope_cursor, segment, waiting_segment};
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
        let current = (self.device_key(), self.incarnation);
        let registry = self.registry.clone();
        self.write(|tx| {
            let outcome = take_in_tx(tx, &registry, current, segments, now_ms)?;
            cursors.iter().try_for_each(|cursor| scope_cursor::advance(tx, cursor))?;
            Ok(outcome)
        })
    }

    /// Appends registry entries, each checked against the registry key, and judges held-back segments anew. Returns
    /// how many entries were new.
    ///
    /// # Errors
    /// [`StoreError::Registry`] if an entry is not the province's or does not continue the chain; none is then kept.
    pub fn apply_registry(&mut self, entries: &[SignedEntry], now_ms: u64) -> Result<usize> {
        let Some(enrolment) = self.enrolment()? else { return Ok(0) };
        let key = RegistryKey(enrolment.registry_key);
        let mut registry = self.registry.clone();
        let current = (self.device_key(), self.incarnation);
        let appended = self.write(|tx| {
            let mut appended = 0;
            for entry in entries {
                let before = registry.seq();
                registry.apply(entry, &key).map_err(StoreError::Registry)?;
                if registry.seq() > before {
                    registry::insert(tx, entry)?;
                    appended += 1;
                }
            }
            if appended > 0 {
                judge_held_back_in_tx(tx, &registry, current, now_ms)?;
            }
            Ok(appended)
        })?;
        self.registry = registry;
        Ok(appended)
    }

    /// Notes what the server did not accept of this device's segments. A fork freezes the lane until
    /// [`begin_incarnation`](Store::begin_incarnation).
    pub fn note_server_notices(&mut self, notices: &[Notice], now_ms: u64) -> Result<()> {
        self.write(|tx| {
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
                }
                quarantine::insert(
                    tx,
                    &NewQuarantined {
                        reason,
                        lane: lane.as_ref().map(Lane::id),
                        first_seq: Some(*first_seq),
                        hash: *hash,
                        gsn: None,
                        noted_ms: now_ms,
                        by_server: true,
                        bytes: None,
                    },
                )?;
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
    segments: Vec<Incoming>,
    now_ms: u64,
) -> Result<ApplyOutcome> {
    let mut intake = Intake { tx, registry, current, now_ms, outcome: ApplyOutcome::default(), accepted: Vec::new() };
    // Signatures and columns cost as much as the writing does, and need nothing of the store.
    for_each_ahead(
        segments.into_iter().map(Ok),
        |incoming| {
            let segment = unpack(&incoming.bytes)?;
            let opened = segment.open();
            Ok((segment, opened))
        },
        |incoming, unpacked: Result<_, Box<dyn Error + Send + Sync>>| match unpacked {
            Ok((segment, opened)) => intake.take(incoming, segment, opened),
            Err(why) => intake.refuse(&incoming, &*why),
        },
    )?;
    intake.finish()
}

/// The device and its present incarnation: lanes that only this store may extend.
pub(crate) type CurrentIncarnation = (DeviceKey, u64);

/// Segments on their way into the log, within one transaction.
struct Intake<'a> {
    tx: &'a Transaction<'a>,
    registry: &'a Registry,
    current: CurrentIncarnation,
    now_ms: u64,
    outcome: ApplyOutcome,
    accepted: Vec<Accepted>,
}

struct Accepted {
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
    fn take(&mut self, incoming: Incoming, segment: SealedSegment, opened: Opened) -> Result<()> {
        let Incoming { gsn, received_ms, bytes } = incoming;
        let mut next = self.take_segment(WaitingSegment { gsn, received_ms, segment, packed: bytes }, opened)?;
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
                noted_ms: self.now_ms,
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
        let judged = judge(&incoming.segment, opened, self.registry, self.current);
        // A lane is only ever heard of by what its own device signed.
        if let Judged::Refused(reason) = judged {
            return self.quarantine(&incoming, reason, true);
        }
        let sender = &incoming.segment.header().lane;
        let row = lane::find_or_insert(self.tx, sender, sender.device == self.current.0)?;
        if row.frozen {
            return self.quarantine(&incoming, QuarantineReason::FrozenLane, true);
        }
        let stored = segment::hash_at(self.tx, row.rid, incoming.segment.header().first_seq)?;
        match row.cursor.judge(incoming.segment.header(), hash, stored) {
            // Nobody but this device extends its present lanes, and none of its lanes while saves of it wait to be
            // sealed: another copy of the device must be writing.
            ChainVerdict::Next if (sender.device, sender.incarnation) == self.current => self.freeze(&incoming, &row),
            ChainVerdict::Next if pending_save::any(self.tx, row.rid)? => self.freeze(&incoming, &row),
            ChainVerdict::Next => {
                let next_seq = row.cursor.after(incoming.segment.header(), hash).next_seq;
                let lane = row.id;
                self.append(&incoming, row, judged)?;
                waiting_segment::take(self.tx, lane, next_seq)
            }
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

    /// A segment that a peer brought before the server did: from now on the server's time for it is known.
    fn note_numbered(&mut self, incoming: &WaitingSegment, known: SegmentRow) -> Result<()> {
        let (Some(gsn), Some(received_ms), None) = (incoming.gsn, incoming.received_ms, known.received_ms) else {
            return Ok(());
        };
        segment::set_received(self.tx, known.rid, gsn, received_ms)?;
        if !known.held_back {
            let saves = known.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
            let lane = lane::get(self.tx, known.lane)?;
            self.accepted.push(Accepted { lane, saves, received_ms: Some(received_ms) });
        }
        Ok(())
    }

    fn append(&mut self, incoming: &WaitingSegment, row: LaneRow, judged: Judged) -> Result<()> {
        let WaitingSegment { gsn, received_ms, segment, packed } = incoming;
        let held_back = match &judged {
            Judged::HeldBack(reason) => {
                self.quarantine(incoming, *reason, false)?;
                true
            }
            Judged::Readable(_) | Judged::Refused(..) => false,
        };
        segment::insert(
            self.tx,
            &NewSegment { lane: row.rid, segment, packed, gsn: *gsn, received_ms: *received_ms, held_back },
        )?;
        lane::set_cursor(self.tx, row.rid, row.cursor.after(segment.header(), segment.hash()))?;
        // Of an earlier incarnation, and the server's own copy: there is nothing left to be receipted.
        if row.own && gsn.is_some() {
            lane::set_receipted(self.tx, row.rid, segment.last_seq())?;
        }
        self.outcome.segments += 1;
        if let Judged::Readable(saves) = judged {
            self.outcome.saves += saves.len();
            self.accepted.push(Accepted { lane: row, saves, received_ms: *received_ms });
        }
        Ok(())
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
        let header = incoming.segment.header();
        self.outcome.quarantined += 1;
        quarantine::insert(
            self.tx,
            &NewQuarantined {
                reason,
                lane: Some(header.lane.id()),
                first_seq: Some(header.first_seq),
                hash: incoming.segment.hash(),
                gsn: incoming.gsn,
                noted_ms: self.now_ms,
                by_server: false,
                bytes: keep_bytes.then(|| incoming.segment.bytes()),
            },
        )?;
        Ok(None)
    }

    fn finish(mut self) -> Result<ApplyOutcome> {
        let materialised = apply_accepted_in_tx(self.tx, &self.accepted, self.now_ms)?;
        self.outcome.records = materialised.records;
        self.outcome.new_conflicts = materialised.new_conflicts;
        Ok(self.outcome)
    }
}

fn apply_accepted_in_tx(tx: &Transaction<'_>, accepted: &[Accepted], now_ms: u64) -> Result<Materialised> {
    let arrivals: Vec<Arrival<'_>> = accepted
        .iter()
        .flat_map(|Accepted { lane, saves, received_ms }| {
            saves.iter().map(|save| Arrival { lane, save, received_ms: *received_ms })
        })
        .collect();
    if let Some(latest) = arrivals.iter().map(|arrival| arrival.save.hlc).max() {
        installation::set_hlc(tx, installation::hlc(tx)?.witness(latest, now_ms.min(LATEST_MS)))?;
        let sighting = installation::next_sighting(tx)?;
        for Accepted { lane, .. } in accepted.iter().filter(|accepted| !accepted.lane.own) {
            lane::set_grown(tx, lane.rid, sighting)?;
        }
    }
    apply_in_tx(tx, &arrivals)
}

/// Looks at a segment by itself: signature, body, and its author's rights.
fn judge(segment: &SealedSegment, opened: Opened, registry: &Registry, current: CurrentIncarnation) -> Judged {
    let saves = match opened {
        Ok(saves) => saves,
        Err(SegmentError::BadSignature) => return Judged::Refused(QuarantineReason::BadSignature),
        Err(SegmentError::NewerFormat { .. }) => return Judged::HeldBack(QuarantineReason::NewerFormat),
        // The header is genuine; a good copy of the body may still come and take this place.
        Err(SegmentError::BodyMismatch) => return Judged::Refused(QuarantineReason::BodyMismatch),
        Err(_) => return Judged::Refused(QuarantineReason::Undecodable),
    };
    match check_right(segment, registry, current) {
        Ok(()) => Judged::Readable(saves),
        Err(reason) => Judged::HeldBack(reason),
    }
}

fn check_right(
    segment: &SealedSegment,
    registry: &Registry,
    current: CurrentIncarnation,
) -> Result<(), QuarantineReason> {
    let lane = &segment.header().lane;
    if registry.seq() == 0 || lane.device == current.0 {
        return Ok(());
    }
    match registry.check_write(lane.device, &lane.scope) {
        Ok(()) => Ok(()),
        Err(Refusal::Revoked) => {
            // What the province had before it revoked the device stays valid.
            let revocation = registry.device(lane.device).and_then(|device| device.revocation.as_ref());
            let cut_off = revocation.and_then(|revocation| revocation.cut_offs.get(&lane.id()).copied());
            if cut_off.is_some_and(|last| segment.last_seq() <= last) { Ok(()) } else { Err(QuarantineReason::Revoked) }
        }
        Err(Refusal::UnknownDevice) => Err(QuarantineReason::UnknownDevice),
        Err(Refusal::NotGranted) => Err(QuarantineReason::NoRight),
    }
}

/// Gives every held-back segment another hearing, after the registry or the program changed.
pub(crate) fn judge_held_back_in_tx(
    tx: &Transaction<'_>,
    registry: &Registry,
    current: CurrentIncarnation,
    now_ms: u64,
) -> Result<()> {
    let mut accepted = Vec::new();
    for row in segment::held_back(tx)? {
        if let Judged::Readable(saves) = judge(&row.segment, row.segment.open(), registry, current) {
            segment::release(tx, row.rid)?;
            quarantine::release(tx, row.segment.hash())?;
            accepted.push(Accepted { lane: lane::get(tx, row.lane)?, saves, received_ms: row.received_ms });
        }
    }
    apply_accepted_in_tx(tx, &accepted, now_ms).map(drop)
}
