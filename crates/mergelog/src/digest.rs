//! An order-free fingerprint of a set of segments, kept up to date by addition.

use std::fmt;

use crate::segment::SegmentHash;

/// The sum, modulo 2^256, of a hash of every segment in the set. Equal sets have equal digests.
///
/// A digest only tells *that* two sides differ. It is always computed from one's own segments, never adopted.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of the empty set.
    pub const EMPTY: Digest = Digest([0; 32]);

    /// A digest from storage or from the wire, little-endian.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Digest(bytes)
    }

    /// The digest's bytes, little-endian.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Puts a segment into the set; the caller sees to it that it was not in it.
    pub fn add(&mut self, segment: &SegmentHash) {
        *self = self.plus(&Digest(Self::term(segment)));
    }

    /// Takes a segment out of the set; the caller sees to it that it was in it.
    pub fn remove(&mut self, segment: &SegmentHash) {
        *self = self.minus(&Digest(Self::term(segment)));
    }

    /// The digest of two sets together that share no segment.
    #[must_use]
    pub fn plus(&self, other: &Digest) -> Digest {
        let mut sum = self.0;
        let mut carry = 0;
        for (byte, term) in sum.iter_mut().zip(other.0) {
            let wide = u16::from(*byte) + u16::from(term) + carry;
            *byte = wide as u8;
            carry = wide >> 8;
        }
        Digest(sum)
    }

    /// The digest of what is in this set and not in a part of it.
    #[must_use]
    pub fn minus(&self, part: &Digest) -> Digest {
        let mut rest = self.0;
        let mut borrow = 0;
        for (byte, term) in rest.iter_mut().zip(part.0) {
            let wide = 0x100 + u16::from(*byte) - u16::from(term) - borrow;
            *byte = wide as u8;
            borrow = 1 - (wide >> 8);
        }
        Digest(rest)
    }

    /// Segment hashes are hashed once more, so that no header can be shaped to make two sums meet.
    fn term(segment: &SegmentHash) -> [u8; 32] {
        blake3::derive_key("arumbae 2026 segment set digest", &segment.0)
    }
}

impl<'a> FromIterator<&'a SegmentHash> for Digest {
    fn from_iter<I: IntoIterator<Item = &'a SegmentHash>>(segments: I) -> Self {
        let mut digest = Digest::EMPTY;
        segments.into_iter().for_each(|segment| digest.add(segment));
        digest
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
