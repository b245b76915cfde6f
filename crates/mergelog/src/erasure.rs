//! Erasing what a save says, where the law asks for it, without breaking the chain it is part of.
//!
//! An erased copy of a segment has the same header, signature and hash, and of each save its leaf or, where it was
//! erased, the leaf's hash. It verifies, continues its lane, and is stored and relayed like the whole. Who may ask for
//! that is not decided here: a copy nobody ordered is for the reader to refuse.

use crate::leaf::{self, Extent};
use crate::limits;
use crate::merkle::{self, Hash};
use crate::operation::Save;
use crate::proof::Leaf;
use crate::segment::{SIGNATURE_LEN, SealedSegment, SegmentError};
use crate::wire::{Reader, put_varint};

/// Stands before an erased copy where a whole segment has its own.
pub(crate) const MAGIC: [u8; 4] = *b"ARME";

impl SealedSegment {
    /// A copy without what these saves say; numbers of other segments are left out. Everything else stays readable.
    ///
    /// # Errors
    /// Those of [`open`](Self::open); [`SegmentError::TooLarge`] if the other saves, written out one by one, exceed
    /// what a segment may be.
    pub fn erase(&self, saves: &[u64]) -> Result<SealedSegment, SegmentError> {
        let (leaves, body_hash) = self.leaves()?;
        let mut bytes = MAGIC.to_vec();
        put_varint(&mut bytes, self.signed_bytes().len() as u64);
        bytes.extend_from_slice(self.signed_bytes());
        bytes.extend_from_slice(self.signature());
        bytes.extend_from_slice(&body_hash);
        for (seq, leaf) in (self.header().first_seq..).zip(&leaves) {
            match leaf {
                Leaf::Whole(save) if !saves.contains(&seq) => {
                    put_varint(&mut bytes, save.len() as u64);
                    bytes.extend_from_slice(save);
                }
                leaf => {
                    put_varint(&mut bytes, 0);
                    bytes.extend_from_slice(&leaf.hash());
                }
            }
        }
        SealedSegment::from_bytes(bytes)
    }

    /// The numbers of the saves that were erased from this copy.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify): a copy that does not verify says nothing.
    pub fn erased(&self) -> Result<Vec<u64>, SegmentError> {
        if !self.is_erased_copy() {
            return Ok(Vec::new());
        }
        let (leaves, _) = self.leaves()?;
        let erased = (self.header().first_seq..).zip(leaves).filter(|(_, leaf)| matches!(leaf, Leaf::Erased(_)));
        Ok(erased.map(|(seq, _)| seq).collect())
    }
}

/// Where the signed header of an erased copy lies in its bytes.
pub(crate) fn header_of(bytes: &[u8]) -> Result<std::ops::Range<usize>, SegmentError> {
    let mut reader = Reader::new(bytes);
    if reader.array()? != MAGIC {
        return Err(SegmentError::Malformed("not a segment"));
    }
    let len: usize = reader.narrow()?;
    if len > limits::HEADER_BYTES {
        return Err(SegmentError::TooLarge("header"));
    }
    let start = bytes.len() - reader.remaining();
    reader.take(len)?;
    reader.take(SIGNATURE_LEN)?;
    Ok(start..start + len)
}

/// Reads what follows the signature of an erased copy: the body's hash, which is returned, and of each of `count` saves
/// its leaf or the leaf's hash. `each` is given the saves that are left with their leaves.
pub(crate) fn read(
    payload: &[u8],
    first_seq: u64,
    count: u32,
    hashes: &mut Vec<Hash>,
    mut each: impl FnMut(Save, &[u8]),
) -> Result<Hash, SegmentError> {
    let mut reader = Reader::new(payload);
    let body_hash = reader.array()?;
    let mut extent = Extent::default();
    for seq in (first_seq..).take(count as usize) {
        let len: usize = reader.narrow()?;
        if len == 0 {
            hashes.push(reader.array()?);
            continue;
        }
        let bytes = reader.take(len)?;
        let save = leaf::decode(bytes)?;
        if save.seq != seq {
            return Err(SegmentError::Malformed("number"));
        }
        extent = extent.plus(leaf::extent(&save)?);
        extent.check_segment()?;
        hashes.push(merkle::leaf(bytes));
        each(save, bytes);
    }
    reader.finish()?;
    Ok(body_hash)
}
