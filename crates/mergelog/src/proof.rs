//! Proof of a single save: with its segment's signed header and a handful of hashes, and without the saves beside it.

use crate::merkle::{self, Hash};
use crate::operation::Save;
use crate::segment::{self, SIGNATURE_LEN, SealedSegment, SegmentError, SegmentHash, SegmentHeader};
use crate::{leaf, limits};

/// A segment's header with its signature: the segment's name, its place in its lane and what its saves add up to, but
/// not the saves.
///
/// The headers of a lane, one after the other, are its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeader {
    header: SegmentHeader,
    hash: SegmentHash,
    bytes: Vec<u8>,
    signature: [u8; SIGNATURE_LEN],
}

/// What one save was, or that there was one: its leaf and the way from there to the root its header signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveProof {
    /// The save's number in its lane.
    pub seq: u64,
    /// The save.
    pub leaf: Leaf,
    /// The hashes beside the way up, from below.
    pub path: Vec<[u8; 32]>,
    /// The hash of the segment's body.
    pub body_hash: [u8; 32],
}

/// What is left of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// Its canonical bytes.
    Whole(Vec<u8>),
    /// Their hash: what was written has been erased.
    Erased([u8; 32]),
}

impl Leaf {
    pub(crate) fn hash(&self) -> Hash {
        match self {
            Leaf::Whole(bytes) => merkle::leaf(bytes),
            Leaf::Erased(hash) => *hash,
        }
    }
}

impl SignedHeader {
    /// Takes a header from outside: its signed bytes, as they stand before a segment's signature. Nothing is verified
    /// yet.
    pub fn from_parts(bytes: Vec<u8>, signature: [u8; SIGNATURE_LEN]) -> Result<SignedHeader, SegmentError> {
        if bytes.len() > limits::HEADER_BYTES {
            return Err(SegmentError::TooLarge("header"));
        }
        let header = segment::parse_header(&bytes)?;
        let hash = segment::hash_of(&bytes);
        Ok(SignedHeader { header, hash, bytes, signature })
    }

    /// The parsed header.
    pub fn header(&self) -> &SegmentHeader {
        &self.header
    }

    /// The segment's name.
    pub fn hash(&self) -> SegmentHash {
        self.hash
    }

    /// The signed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The signature of the lane's device.
    pub fn signature(&self) -> &[u8; SIGNATURE_LEN] {
        &self.signature
    }

    /// Whether the lane's device signed the header.
    pub fn verify(&self) -> Result<(), SegmentError> {
        segment::verify_signature(&self.header, &self.bytes, &self.signature)
    }
}

impl SaveProof {
    /// Checks that the header signs this save, and reads it; `None` for one that was erased, of which it is proven that
    /// it was there. The header's own signature is [another matter](SignedHeader::verify).
    ///
    /// # Errors
    /// [`SegmentError::BodyMismatch`] if the header does not sign it; [`SegmentError::Malformed`] if it signs it and it
    /// is no save.
    pub fn verify(&self, segment: &SignedHeader) -> Result<Option<Save>, SegmentError> {
        let header = segment.header();
        let at = self.seq.checked_sub(header.first_seq).filter(|_| self.seq <= header.last_seq());
        let at = at.and_then(|at| usize::try_from(at).ok()).ok_or(SegmentError::BodyMismatch)?;
        let root = merkle::climb(self.leaf.hash(), at, header.count as usize, &self.path, &self.body_hash);
        if root != Some(header.merkle_root) {
            return Err(SegmentError::BodyMismatch);
        }
        match &self.leaf {
            Leaf::Erased(_) => Ok(None),
            Leaf::Whole(bytes) => {
                let save = leaf::decode(bytes)?;
                if save.seq == self.seq { Ok(Some(save)) } else { Err(SegmentError::Malformed("number")) }
            }
        }
    }
}

impl SealedSegment {
    /// The header with its signature.
    pub fn signed_header(&self) -> SignedHeader {
        SignedHeader {
            header: self.header().clone(),
            hash: self.hash(),
            bytes: self.signed_bytes().to_vec(),
            signature: *self.signature(),
        }
    }

    /// Proves saves by their numbers; what is proven needs nothing else of the segment but its
    /// [header](Self::signed_header). Numbers of other segments are left out.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn prove(&self, saves: &[u64]) -> Result<Vec<SaveProof>, SegmentError> {
        let (leaves, body_hash) = self.leaves()?;
        let hashes: Vec<Hash> = leaves.iter().map(Leaf::hash).collect();
        let proofs = (self.header().first_seq..).zip(leaves).enumerate().filter(|(_, (seq, _))| saves.contains(seq));
        Ok(proofs
            .map(|(at, (seq, leaf))| SaveProof { seq, leaf, path: merkle::path(&hashes, at), body_hash })
            .collect())
    }
}
