//! The bundle: what one side has for another, in one piece that any courier can carry.
//!
//! It holds what one exchange over the network would: registry entries, how far the packer knows each lane, receipts
//! and segments. Nothing in it is trusted for having been in it: entries, receipts and segments each carry their own
//! signature. Sealing it to its receiver and splitting it by size happen outside.

use arumbae_mergelog::LaneId;
use serde::de::DeserializeOwned;

use crate::cbor;
use crate::receipt::Receipt;
use crate::registry::SignedEntry;

const MAGIC: [u8; 4] = *b"ARBN";

/// The format this version writes, and the newest it reads. A later one that only adds kinds of parts keeps it.
const FORMAT: u16 = 1;

/// The largest bundle, in bytes: it is read as a whole. What does not fit goes into the next one.
pub const MAX_BUNDLE: usize = 64 << 20;

/// A part's kind and the length of its bytes.
const PART_HEAD: usize = 1 + size_of::<u32>();

/// The kinds of parts.
mod kind {
    pub const END: u8 = 0;
    pub const REGISTRY_ENTRY: u8 = 1;
    pub const LANE: u8 = 2;
    pub const RECEIPT: u8 = 3;
    pub const SEGMENT: u8 = 4;
}

/// What one side has for another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// Entries of the registry, in order.
    pub registry: Vec<SignedEntry>,
    /// The last save the packer has of each lane: what the way back need not carry.
    pub vector: Vec<(LaneId, u64)>,
    /// The province's receipts, for segments in this bundle or in earlier ones that went the other way.
    pub receipts: Vec<Receipt>,
    /// Segments, oldest first within a lane, each as [`compress`](arumbae_mergelog::compression::compress) made it.
    pub segments: Vec<Vec<u8>>,
    /// Parts of kinds that this version does not know, as they are: kind and bytes.
    pub later: Vec<(u8, Vec<u8>)>,
}

/// Why bytes are no bundle; never what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not a bundle at all.
    #[error("this is not a bundle")]
    NotABundle,
    /// Written by a later version in a way this one cannot read.
    #[error("the bundle has format {found}, this program knows {FORMAT}")]
    NewerFormat {
        /// Its format.
        found: u16,
    },
    /// Larger than [`MAX_BUNDLE`].
    #[error("the bundle is too large")]
    TooLarge,
    /// Cut off, or changed on the way.
    #[error("the bundle is damaged")]
    Damaged,
}

impl Bundle {
    /// The bundle's bytes; the same content gives the same bytes.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`].
    pub fn encode(&self) -> Result<Vec<u8>, BundleError> {
        let Bundle { registry, vector, receipts, segments, later } = self;
        let mut out = Vec::new();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        for entry in registry {
            put_part(&mut out, kind::REGISTRY_ENTRY, &cbor::to_bytes(entry))?;
        }
        for (lane, last_seq) in vector {
            put_part(&mut out, kind::LANE, &[lane.0.as_slice(), &last_seq.to_le_bytes()].concat())?;
        }
        for receipt in receipts {
            put_part(&mut out, kind::RECEIPT, &cbor::to_bytes(receipt))?;
        }
        for segment in segments {
            put_part(&mut out, kind::SEGMENT, segment)?;
        }
        for (kind, bytes) in later {
            put_part(&mut out, *kind, bytes)?;
        }
        let checksum = blake3::hash(&out);
        put_part(&mut out, kind::END, checksum.as_bytes())?;
        Ok(out)
    }

    /// Reads a bundle. No count or length in it makes more be allocated than its bytes fill.
    pub fn decode(bytes: &[u8]) -> Result<Bundle, BundleError> {
        if bytes.len() > MAX_BUNDLE {
            return Err(BundleError::TooLarge);
        }
        let rest = bytes.strip_prefix(&MAGIC).ok_or(BundleError::NotABundle)?;
        let (format, mut rest) = rest.split_first_chunk().ok_or(BundleError::Damaged)?;
        match u16::from_le_bytes(*format) {
            FORMAT => {}
            0 => return Err(BundleError::Damaged),
            found => return Err(BundleError::NewerFormat { found }),
        }
        let mut bundle = Bundle::default();
        loop {
            let before = bytes.len() - rest.len();
            let (kind, part) = take_part(&mut rest)?;
            match kind {
                kind::END => {
                    let whole = rest.is_empty() && part == blake3::hash(&bytes[..before]).as_bytes();
                    return if whole { Ok(bundle) } else { Err(BundleError::Damaged) };
                }
                kind::REGISTRY_ENTRY => bundle.registry.push(from_cbor(part)?),
                kind::LANE => {
                    let (lane, last_seq) = part.split_first_chunk().ok_or(BundleError::Damaged)?;
                    let last_seq = last_seq.try_into().map_err(|_| BundleError::Damaged)?;
                    bundle.vector.push((LaneId(*lane), u64::from_le_bytes(last_seq)));
                }
                kind::RECEIPT => bundle.receipts.push(from_cbor(part)?),
                kind::SEGMENT => bundle.segments.push(part.to_vec()),
                later => bundle.later.push((later, part.to_vec())),
            }
        }
    }
}

fn put_part(out: &mut Vec<u8>, kind: u8, part: &[u8]) -> Result<(), BundleError> {
    // Room for the end is always left: a bundle without its checksum is none.
    let room = if kind == kind::END { MAX_BUNDLE } else { MAX_BUNDLE - PART_HEAD - blake3::OUT_LEN };
    if out.len() + PART_HEAD + part.len() > room {
        return Err(BundleError::TooLarge);
    }
    out.push(kind);
    // The limit above fits 32 bits.
    out.extend_from_slice(&(part.len() as u32).to_le_bytes());
    out.extend_from_slice(part);
    Ok(())
}

fn take_part<'a>(rest: &mut &'a [u8]) -> Result<(u8, &'a [u8]), BundleError> {
    let (&kind, after) = rest.split_first().ok_or(BundleError::Damaged)?;
    let (length, after) = after.split_first_chunk().ok_or(BundleError::Damaged)?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(BundleError::Damaged)?;
    *rest = after;
    Ok((kind, part))
}

/// A part that its own writer's version cannot have written is damage; the checksum would say so too, but only later.
fn from_cbor<T: DeserializeOwned>(part: &[u8]) -> Result<T, BundleError> {
    cbor::from_bytes(part).map_err(|_| BundleError::Damaged)
}

#[cfg(test)]
mod tests {
    use arumbae_mergelog::segment::SegmentHash;
    use arumbae_mergelog::{DeviceKey, Lane};
    use ed25519_dalek::SigningKey;
    use uuid::Uuid;

    use super::*;
    use crate::RegistryEntry;

    fn bundle() -> Bundle {
        let key = SigningKey::from_bytes(&[8; 32]);
        let person =
            RegistryEntry::Person { id: Uuid::from_u128(1), name: "Nama CONTOH".into(), position: "Petugas".into() };
        let lane = Lane { device: DeviceKey([1; 32]), incarnation: 7, scope: "81.71.01".parse().expect("a scope") };
        Bundle {
            registry: vec![SignedEntry::sign(1, [0; 32], 1_700_000_000_000, &person, &key)],
            vector: vec![(lane.id(), 12), (LaneId([9; 16]), u64::MAX)],
            receipts: vec![Receipt::issue(lane, 4, 3, SegmentHash([2; 32]), 12, 1_700_000_000_000, &key)],
            segments: vec![vec![0, 0, 1, 2, 3], Vec::new()],
            later: vec![(200, b"of another year".to_vec())],
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        for packed in [Bundle::default(), bundle()] {
            let bytes = packed.encode().expect("it fits");
            assert_eq!(Bundle::decode(&bytes), Ok(packed));
        }
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_noticed() {
        let bytes = bundle().encode().expect("it fits");
        for at in 0..bytes.len() {
            assert!(Bundle::decode(&bytes[..at]).is_err(), "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(Bundle::decode(&changed).is_err(), "byte {at} changed");
        }
        assert_eq!(Bundle::decode(&[bytes.as_slice(), &[0]].concat()), Err(BundleError::Damaged), "nothing may follow");
    }

    #[test]
    fn a_later_format_is_named_and_another_file_is_none() {
        let mut bytes = bundle().encode().expect("it fits");
        bytes[4] = 9;
        assert_eq!(Bundle::decode(&bytes), Err(BundleError::NewerFormat { found: 9 }));
        assert_eq!(Bundle::decode(b"PK\x03\x04"), Err(BundleError::NotABundle));
    }

    #[test]
    fn more_than_the_limit_is_neither_written_nor_read() {
        let half = Bundle { segments: vec![vec![0; MAX_BUNDLE / 2]; 2], ..Bundle::default() };
        assert_eq!(half.encode(), Err(BundleError::TooLarge));
        let mut claims = bundle().encode().expect("it fits");
        claims.splice(6.., [kind::SEGMENT, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(Bundle::decode(&claims), Err(BundleError::Damaged), "a length is not believed");
    }
}
