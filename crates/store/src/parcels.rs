//! Parcels: packing what goes to the province, unpacking what comes from it, against segments that both hold.

use arumbae_mergelog::parcel::{Base, Unpacked, divide, unpack};
use arumbae_mergelog::{Lane, SealedSegment, SegmentHash};
use arumbae_protocol::parcel::MAX_BASE;
use arumbae_protocol::{NumberedParcel, Numbers, Parcel, ScopeCursor};

use crate::error::Result;
use crate::incoming::Arriving;
use crate::opening::Store;
use crate::tables::{scope_cursor, segment};
use crate::views::ApplyOutcome;

/// Of the latest segments of a scope at most so much goes into a base, packed: they say how people here write.
const LATEST_BYTES: u64 = 32 << 10;

/// A parcel and the segments in it.
pub type PackedParcel = (Parcel, Vec<(Lane, SegmentHash)>);

impl Store {
    /// Packs segments, oldest first within a lane, against those the province holds for certain. Beside each parcel
    /// stands what is in it, in its order.
    pub fn pack_segments(&self, mut segments: Vec<SealedSegment>) -> Result<Vec<PackedParcel>> {
        segments.sort_by(|one, other| one.header().lane.scope.cmp(&other.header().lane.scope));
        let mut parcels = Vec::new();
        for of_scope in segments.chunk_by(|one, next| one.header().lane.scope == next.header().lane.scope) {
            for packing in divide(of_scope.to_vec()) {
                let content: Vec<_> =
                    packing.segments().iter().map(|one| (one.header().lane.clone(), one.hash())).collect();
                let Some((lane, _)) = content.first() else { continue };
                let scope = lane.scope.clone();
                let (mut base, mut numbers) = (Base::default(), Vec::new());
                for (gsn, held) in segment::base(&self.connection, &scope, &packing.named(), LATEST_BYTES)? {
                    if numbers.len() < MAX_BASE && !held.is_erased_copy() && base.push(&held) {
                        numbers.push(gsn);
                    }
                }
                let bytes = packing.pack(&base);
                parcels.push((Parcel { scope, base: Numbers::of(numbers), bytes }, content));
            }
        }
        Ok(parcels)
    }

    /// For each scope the number after which every segment up to the cursor is held here: what a parcel may be packed
    /// against.
    pub fn held_after(&self) -> Result<Vec<ScopeCursor>> {
        let held = scope_cursor::all(&self.connection)?.into_iter().map(|cursor| {
            let gsn = segment::held_after(&self.connection, &cursor, MAX_BASE)?;
            Ok(ScopeCursor { gsn, ..cursor })
        });
        held.collect()
    }

    /// Takes in parcels, in one transaction with the cursors they bring this device to.
    ///
    /// A parcel that cannot be unpacked is left out, and its scope's cursor stays where it is; see
    /// [`ApplyOutcome::unread`].
    pub fn apply_parcels(
        &mut self,
        parcels: Vec<NumberedParcel>,
        cursors: &[ScopeCursor],
        now_ms: u64,
    ) -> Result<ApplyOutcome> {
        let mut arriving = Vec::new();
        let mut unread = Vec::new();
        for parcel in parcels {
            match self.unpack_parcel(&parcel)? {
                // What came after the damage would only wait for it.
                Some(segments) if !unread.contains(&parcel.scope) => arriving.extend(segments),
                _ => unread.push(parcel.scope),
            }
        }
        let read: Vec<ScopeCursor> = cursors.iter().filter(|cursor| !unread.contains(&cursor.scope)).cloned().collect();
        let outcome = self.apply_arriving(arriving, &read, now_ms)?;
        Ok(ApplyOutcome { unread, ..outcome })
    }

    fn unpack_parcel(&self, parcel: &NumberedParcel) -> Result<Option<Vec<Arriving>>> {
        let NumberedParcel { scope, base: numbers, numbers: _, received_steps_ms: _, bytes } = parcel;
        let Some(numbers) = numbers.list(MAX_BASE) else { return Ok(None) };
        let mut base = Base::default();
        for gsn in numbers {
            match segment::numbered_as(&self.connection, scope, gsn)? {
                Some(held) if base.push(&held) => {}
                _ => return Ok(None),
            }
        }
        let Ok(unpacked) = unpack(bytes, &base) else { return Ok(None) };
        let Some(places) = parcel.places(unpacked.len()) else { return Ok(None) };
        let arrive = |(unpacked, (gsn, received_ms)): (Unpacked, _)| Arriving::unpacked(unpacked, gsn, received_ms);
        Ok(Some(unpacked.into_iter().zip(places).map(arrive).collect()))
    }
}
