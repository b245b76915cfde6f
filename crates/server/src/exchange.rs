//! The one request that pushes and pulls.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::DeviceKey;
use arumbae_mergelog::compression::{compress, decompress};
use arumbae_mergelog::parcel::Unpacked;
use arumbae_mergelog::segment::{SealedSegment, SegmentError, SegmentHash};
use arumbae_protocol::registry::Refusal;
use arumbae_protocol::sync::{MAX_SEGMENT, MAX_SEGMENTS};
use arumbae_protocol::{
    FailureCode, Notice, NoticeCode, Receipt, Registry, ScopeCursor, SnapshotOffer, SyncRequest, SyncResponse,
};
use uuid::Uuid;

use crate::parcels::blocking;
use crate::province::{MAX_CREDIT, Province, RequestError, countable};
use crate::storage::{
    NewestSnapshot, PushOutcome, PushedSegment, ScopeHead, StorageError, StoredSegment, StoredSnapshot,
};

/// Segments in a parcel take about half of what they take each by itself, so twice as many fit an answer.
const PARCEL_GAIN: u64 = 2;

/// The most bytes of segments that one request may unpack to. Four megabytes, the most a device sends at once, take
/// about five times as many; zeros take sixteen thousand times as many.
pub(crate) const MAX_UNPACKED: usize = 128 << 20;

/// What a device pushed.
pub(crate) struct Brought {
    pub segments: Vec<Vec<u8>>,
    pub unpacked: Vec<Unpacked>,
}

/// A pushed segment as far as it could be read, before anyone asked for rights.
#[derive(Clone)]
struct Inspected {
    segment: Option<SealedSegment>,
    fault: Option<NoticeCode>,
    compressed: Vec<u8>,
}

impl Province {
    /// Stores what a device brings and gives it what it has not read.
    pub async fn exchange(
        &self,
        device: DeviceKey,
        person: Uuid,
        request: SyncRequest,
    ) -> Result<SyncResponse, RequestError> {
        let SyncRequest {
            incarnation,
            cursors,
            registry_seq,
            digests,
            credit_bytes,
            receipts: earlier,
            takes_snapshots,
            snapshots: known,
            segments,
            parcels,
            takes_parcels,
            held_after,
        } = request;
        let registry_seq = countable(registry_seq);
        let countable_cursor = |ScopeCursor { scope, gsn }| ScopeCursor { scope, gsn: countable(gsn) };
        let cursors: Vec<ScopeCursor> = cursors.into_iter().map(countable_cursor).collect();
        let held_after: Vec<ScopeCursor> = held_after.into_iter().map(countable_cursor).collect();
        if segments.len() > MAX_SEGMENTS || earlier.len() > MAX_SEGMENTS {
            return Err(RequestError::Refused(FailureCode::TooLarge));
        }
        let unpacked = self.unpack_parcels(person, &*self.registry().await?, parcels).await?;
        let unpack_failed = unpacked.is_none();
        let segments = segments.into_iter().map(|bytes| bytes.into_vec()).collect();
        let brought = Brought { segments, unpacked: unpacked.unwrap_or_default() };
        let (receipts, quarantine) = self.take_in(brought, earlier).await?;

        let registry = self.registry().await?;
        let stated = cursors.clone();
        let mut read: BTreeMap<Scope, u64> =
            cursors.into_iter().map(|ScopeCursor { scope, gsn }| (scope, gsn)).collect();
        let mut heads = 0;
        let mut readable = Vec::new();
        let mut diverged = Vec::new();
        let mut compared = Vec::new();
        for ScopeHead { scope, gsn: head } in self.storage.scope_heads_in(regions_read(&registry, person)).await? {
            if !registry.may_read(person, &scope) {
                continue;
            }
            let cursor = ScopeCursor { gsn: read.remove(&scope).unwrap_or(0), scope };
            heads += head;
            match digests.iter().find(|digest| digest.scope == cursor.scope) {
                Some(theirs) => compared.push((cursor.clone(), theirs.digest)),
                None if cursor.gsn > head => diverged.push(cursor.scope.clone()),
                None => {}
            }
            readable.push((head.saturating_sub(cursor.gsn), cursor));
        }
        // Of which nothing is left here.
        let lost = read.into_iter().filter(|(scope, gsn)| *gsn > 0 && registry.may_read(person, scope));
        diverged.extend(lost.map(|(scope, _)| scope));
        let ours = self.storage.digests_at(compared.iter().map(|(cursor, _)| cursor.clone()).collect()).await?;
        for ((cursor, theirs), ours) in compared.into_iter().zip(ours) {
            if ours.is_none_or(|ours| *ours.as_bytes() != theirs) {
                diverged.push(cursor.scope);
            }
        }
        // Within a scope only the order of its numbers is possible. Of scopes those come first of which little waits: a
        // decision in a small one should not wait for the narratives of a large one.
        readable.sort_by_key(|(waiting, _)| *waiting);
        let mut readable: Vec<ScopeCursor> = readable.into_iter().map(|(_, cursor)| cursor).collect();
        let reader = (device, incarnation);
        let snapshots =
            if takes_snapshots { self.offer_snapshots(&mut readable, &known, reader).await? } else { Vec::new() };
        let packed_credit = if takes_parcels { credit_bytes.saturating_mul(PARCEL_GAIN) } else { credit_bytes };
        let pulled = self.storage.segments_after(readable, reader, packed_credit.min(MAX_CREDIT)).await?;
        let read_now: u64 = pulled.cursors.iter().map(|cursor| cursor.gsn).sum();
        self.note_contact(device, heads.saturating_sub(read_now)).await;
        let (segments, parcels) = if takes_parcels {
            (Vec::new(), self.pack_segments(pulled.segments, &stated, &held_after).await?)
        } else {
            (pulled.segments, Vec::new())
        };
        Ok(SyncResponse {
            receipts,
            segments,
            parcels,
            unpack_failed,
            quarantine,
            registry: self.storage.registry_after(registry_seq).await?,
            registry_reach: (registry.seq() < registry_seq).then(|| registry.seq()),
            cursors: pulled.cursors,
            diverged,
            snapshots,
            server_time_ms: self.clock.now_ms(),
            more: pulled.more,
        })
    }

    /// Offers what is new of the scopes' snapshots. Where one costs the reader less than the segments up to it, the
    /// cursor moves on to it: the answer goes on from there.
    async fn offer_snapshots(
        &self,
        readable: &mut [ScopeCursor],
        known: &[ScopeCursor],
        reader: (DeviceKey, u64),
    ) -> Result<Vec<SnapshotOffer>, RequestError> {
        let mut offers = Vec::new();
        for NewestSnapshot { snapshot, spared_bytes } in
            self.storage.newest_snapshots(readable.to_vec(), reader).await?
        {
            let StoredSnapshot { note, byte_length } = snapshot;
            let Some(cursor) = readable.iter_mut().find(|cursor| cursor.scope == note.scope) else { continue };
            let in_place_of_segments = spared_bytes > byte_length;
            if in_place_of_segments {
                cursor.gsn = note.gsn;
            }
            let is_known = known.iter().any(|known| known.scope == note.scope && known.gsn >= note.gsn);
            if in_place_of_segments || !is_known {
                offers.push(SnapshotOffer { note, byte_length, in_place_of_segments });
            }
        }
        Ok(offers)
    }

    /// Takes in what was brought, over a link or by a courier.
    pub(crate) async fn take_in(
        &self,
        brought: Brought,
        earlier: Vec<Receipt>,
    ) -> Result<(Vec<Receipt>, Vec<Notice>), RequestError> {
        let Brought { segments, unpacked } = brought;
        if segments.is_empty() && unpacked.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let inspected = blocking(move || {
            let alone = segments.into_iter().map(inspect);
            let all = alone.chain(unpacked.into_iter().map(inspect_unpacked));
            let mut unpacked_bytes = 0;
            all.map(|(inspected, bytes)| {
                unpacked_bytes += bytes;
                (unpacked_bytes <= MAX_UNPACKED).then_some(inspected)
            })
            .collect::<Option<Vec<_>>>()
        });
        let inspected = inspected.await?.ok_or(RequestError::Refused(FailureCode::TooLarge))?;
        let received_ms = self.clock.now_ms();
        let earlier = self.first_received(&earlier, &*self.registry().await?);
        let outcomes = loop {
            let registry = self.registry().await?;
            let pushed = inspected.iter().map(|segment| judge(segment.clone(), &registry, &earlier)).collect();
            match self.storage.receive_segments(pushed, registry.seq(), received_ms).await {
                // A right was given or taken in this moment: judge again.
                Err(StorageError::RegistryMoved) => {}
                outcome => break outcome?,
            }
        };
        let mut receipts = Vec::new();
        let mut notices = Vec::new();
        for (index, outcome) in (0..).zip(outcomes) {
            match outcome {
                PushOutcome::Stored(stored) => receipts.push(self.receipt_of(stored)),
                PushOutcome::Refused { lane, first_seq, hash, code } => {
                    notices.push(Notice { index, lane, first_seq, hash, code });
                }
            }
        }
        self.note_grown(receipts.iter().map(|receipt: &Receipt| receipt.lane.scope.clone()));
        if !notices.is_empty() {
            tracing::warn!(count = notices.len(), "segments refused");
        }
        Ok((receipts, notices))
    }

    /// When this province first had segments, by receipts it gave and may have lost since.
    fn first_received(&self, receipts: &[Receipt], registry: &Registry) -> HashMap<SegmentHash, u64> {
        let keys = registry.keys(self.registry_key());
        let genuine = receipts.iter().filter(|receipt| keys.verify_receipt(receipt).is_ok());
        genuine.map(|receipt| (receipt.hash, receipt.received_ms)).collect()
    }

    /// Ed25519 is deterministic: a segment's receipt is the same bytes however often it is asked for.
    fn receipt_of(&self, stored: StoredSegment) -> Receipt {
        let StoredSegment { lane, first_seq, count, hash, gsn, received_ms } = stored;
        Receipt::issue(lane, first_seq, count, hash, gsn, received_ms, &self.keys().registry)
    }
}

/// The regions of the scopes a person reads, without those that lie in another one of them.
fn regions_read(registry: &Registry, person: Uuid) -> Vec<RegionCode> {
    let mut regions: Vec<RegionCode> =
        registry.readable_scopes(person).into_iter().map(|scope| scope.region().clone()).collect();
    // A region comes right before those inside it.
    regions.sort();
    regions.dedup_by(|later, earlier| earlier.contains(later));
    regions
}

/// Unpacks a segment and checks what it says of itself: format, signature, body. Also tells how many bytes it unpacked.
fn inspect(compressed: Vec<u8>) -> (Inspected, usize) {
    let Ok(bytes) = decompress(&compressed, MAX_SEGMENT) else {
        return (Inspected { segment: None, fault: Some(NoticeCode::Unreadable), compressed }, 0);
    };
    let length = bytes.len();
    let inspected = match SealedSegment::from_bytes(bytes) {
        Ok(segment) => {
            let fault = segment.verify().err().and_then(fault_within);
            Inspected { segment: Some(segment), fault, compressed }
        }
        Err(error) => Inspected { segment: None, fault: Some(fault_of(error)), compressed },
    };
    (inspected, length)
}

/// The same for a segment out of a parcel, which is kept by itself.
fn inspect_unpacked(unpacked: Unpacked) -> (Inspected, usize) {
    let (segment, opened) = unpacked.open();
    let (compressed, length) = (compress(segment.bytes()), segment.bytes().len());
    (Inspected { segment: Some(segment), fault: opened.err().and_then(fault_within), compressed }, length)
}

/// What is wrong with a segment that can be parsed.
fn fault_within(error: SegmentError) -> Option<NoticeCode> {
    match error {
        // Genuine, and for later readers: it is kept and passed on like any other, and hurts nobody meanwhile.
        SegmentError::NewerFormat { .. } => None,
        error => Some(fault_of(error)),
    }
}

fn fault_of(error: SegmentError) -> NoticeCode {
    match error {
        SegmentError::NewerFormat { .. } => NoticeCode::NewerFormat,
        SegmentError::Malformed(_)
        | SegmentError::TooLarge(_)
        | SegmentError::BadSignature
        | SegmentError::BodyMismatch
        | SegmentError::Unsealable(_) => NoticeCode::Unreadable,
    }
}

/// Asks the registry whether the segment's own device, whoever brings it, may write its scope.
fn judge(inspected: Inspected, registry: &Arc<Registry>, earlier: &HashMap<SegmentHash, u64>) -> PushedSegment {
    let Inspected { segment, fault, compressed } = inspected;
    match (segment, fault) {
        (Some(segment), None) => {
            let lane = &segment.header().lane;
            let first_received_ms = earlier.get(&segment.hash()).copied();
            match registry.check_write(lane.device, &lane.scope) {
                Ok(()) => PushedSegment::Permitted { segment, compressed, first_received_ms },
                // The province had it: what it lost since is taken back whatever became of the right meanwhile.
                Err(_) if first_received_ms.is_some() || registry.had(segment.header()) => {
                    PushedSegment::Permitted { segment, compressed, first_received_ms }
                }
                Err(refusal) => {
                    let code = match refusal {
                        Refusal::Revoked => NoticeCode::Revoked,
                        Refusal::UnknownDevice | Refusal::NotGranted => NoticeCode::NotPermitted,
                    };
                    PushedSegment::Refused { segment: Some(segment), compressed, code }
                }
            }
        }
        // A header that nobody signed is nobody's: the lane it names must not appear in a notice.
        (_, fault) => {
            PushedSegment::Refused { segment: None, compressed, code: fault.unwrap_or(NoticeCode::Unreadable) }
        }
    }
}
