//! Parcels at the server: unpacking what devices push, packing what they read.

use std::collections::HashMap;

use arumbae_domain::Scope;
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::limits;
use arumbae_mergelog::parcel::{Base, Packing, Unpacked, divide, unpack};
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_protocol::parcel::MAX_BASE;
use arumbae_protocol::repair::NumberRange;
use arumbae_protocol::sync::{MAX_SEGMENT, MAX_SEGMENTS};
use arumbae_protocol::{NumberedParcel, Numbers, Parcel, Registry, ScopeCursor, ScopeSegment};
use uuid::Uuid;

use crate::exchange::MAX_UNPACKED;
use crate::province::{Province, RequestError, countable};
use crate::storage::{BaseSegment, BaseWanted, StorageError};

/// Of the latest segments of a scope at least and at most so much goes into a base, packed: they say best how people
/// there write, but each byte of them has to be searched.
const LATEST_BYTES: (u64, u64) = (16 << 10, 1 << 20);

/// The most parcels one request may push.
const MAX_PARCELS: usize = 64;

impl Province {
    /// The segments of pushed parcels, in order. `None` if one cannot be unpacked: what in it came before the damage,
    /// and whose it was, cannot be told, so nothing is taken from any.
    pub(crate) async fn unpack_parcels(
        &self,
        person: Uuid,
        registry: &Registry,
        parcels: Vec<Parcel>,
    ) -> Result<Option<Vec<Unpacked>>, RequestError> {
        if parcels.len() > MAX_PARCELS {
            return Ok(None);
        }
        let mut unpacked = Vec::new();
        for Parcel { scope, base, bytes } in parcels {
            let Some(numbers) = base.list(MAX_BASE) else { return Ok(None) };
            // What a person may not read is not unpacked against for them either.
            if !numbers.is_empty() && !registry.may_read(person, &scope) {
                return Ok(None);
            }
            let wanted = numbers.len();
            let numbers = numbers.into_iter().map(countable).collect();
            let held = self.storage.numbered_segments(scope, numbers, limits::BASE_BYTES as u64).await?;
            let segments = blocking(move || {
                let base = base_of(held.iter().map(|held| held.bytes.as_slice())).ok()?;
                (held.len() == wanted).then(|| unpack(&bytes, &base).ok()).flatten()
            });
            let Some(segments) = segments.await? else { return Ok(None) };
            unpacked.extend(segments);
            let bytes: usize = unpacked.iter().map(|unpacked: &Unpacked| unpacked.segment().bytes().len()).sum();
            if unpacked.len() > MAX_SEGMENTS || bytes > MAX_UNPACKED {
                return Ok(None);
            }
        }
        Ok(Some(unpacked))
    }

    /// Packs what a device is about to read, against what it said it holds: after `held_after` and up to `read`.
    pub(crate) async fn pack_segments(
        &self,
        segments: Vec<ScopeSegment>,
        read: &[ScopeCursor],
        held_after: &[ScopeCursor],
    ) -> Result<Vec<NumberedParcel>, RequestError> {
        let mut parcels = Vec::new();
        for of_scope in segments.chunk_by(|one, next| one.scope == next.scope) {
            let Some(scope) = of_scope.first().map(|segment| segment.scope.clone()) else { continue };
            let number = |cursors: &[ScopeCursor]| cursors.iter().find(|cursor| cursor.scope == scope).map(|c| c.gsn);
            let held = number(held_after).zip(number(read)).map(|(after, up_to)| NumberRange { after, up_to });
            parcels.extend(self.pack_scope(scope.clone(), of_scope.to_vec(), held).await?);
        }
        Ok(parcels)
    }

    async fn pack_scope(
        &self,
        scope: Scope,
        segments: Vec<ScopeSegment>,
        held: Option<NumberRange>,
    ) -> Result<Vec<NumberedParcel>, RequestError> {
        let (packings, places) = blocking(move || open_all(segments)).await??;
        let mut parcels = Vec::new();
        for packing in packings {
            let sent: Vec<(u64, u64)> =
                packing.segments().iter().filter_map(|segment| places.get(&segment.hash()).copied()).collect();
            let bytes: usize = packing.segments().iter().map(|segment| segment.bytes().len()).sum();
            let base = match held {
                Some(range) => {
                    let (least, most) = LATEST_BYTES;
                    let latest_bytes = (bytes as u64).clamp(least, most);
                    let wanted = BaseWanted { range, holding: packing.named(), latest_bytes };
                    self.storage.base_segments(scope.clone(), wanted).await?
                }
                None => Vec::new(),
            };
            let (base, bytes) = blocking(move || pack(packing, base)).await??;
            let received: Vec<u64> = sent.iter().map(|(_, received_ms)| *received_ms).collect();
            parcels.push(NumberedParcel {
                scope: scope.clone(),
                base,
                numbers: Numbers::of(sent.into_iter().map(|(gsn, _)| gsn)),
                received_steps_ms: NumberedParcel::steps_of(&received),
                bytes,
            });
        }
        Ok(parcels)
    }
}

/// Number and time of each segment.
type Places = HashMap<SegmentHash, (u64, u64)>;

fn open_all(segments: Vec<ScopeSegment>) -> Result<(Vec<Packing>, Places), StorageError> {
    let mut places = HashMap::new();
    let mut opened = Vec::with_capacity(segments.len());
    for ScopeSegment { scope: _, gsn, received_ms, bytes } in segments {
        let segment = stored(&bytes)?;
        places.insert(segment.hash(), (gsn, received_ms));
        opened.push(segment);
    }
    Ok((divide(opened), places))
}

/// Packs against as much of the base as there is room for; it comes in ascending order.
fn pack(packing: Packing, candidates: Vec<BaseSegment>) -> Result<(Numbers, Vec<u8>), StorageError> {
    let mut base = Base::default();
    let mut numbers = Vec::new();
    for BaseSegment { gsn, bytes } in candidates.into_iter().take(MAX_BASE) {
        if base.push(&stored(&bytes)?) {
            numbers.push(gsn);
        }
    }
    Ok((Numbers::of(numbers), packing.pack(&base)))
}

/// A base of all of these segments; an error if that is more than a base may be.
fn base_of<'a>(segments: impl Iterator<Item = &'a [u8]>) -> Result<Base, StorageError> {
    let mut base = Base::default();
    for bytes in segments {
        if !base.push(&stored(bytes)?) {
            return Err(StorageError::Damaged("a base that is too large"));
        }
    }
    Ok(base)
}

/// A segment as the log keeps it.
fn stored(bytes: &[u8]) -> Result<SealedSegment, StorageError> {
    let damaged = || StorageError::Damaged("a segment of the log");
    SealedSegment::from_bytes(decompress(bytes, MAX_SEGMENT).map_err(|_| damaged())?).map_err(|_| damaged())
}

/// Runs what takes the processor for long off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StorageError::Backend(Box::new(error)))
}
