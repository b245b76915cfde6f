//! A shipment: all that is packed in one go, shared out among files.

use arumbae_domain::schema::BlobHash;
use arumbae_protocol::{
    AttachmentPiece, Bundle, BundleKey, Consignment, ScopeSegment, Sender, Stretch, Waybill, bundle,
};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRngCore;

use crate::refusal::Refusal;
use crate::sealing::seal;

/// What each part of a bundle adds to its bytes, at most.
const FRAME: usize = 64;

/// How large the files of a shipment become, in bytes of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartSize(usize);

impl PartSize {
    /// The smallest: less would only be more files.
    pub const LEAST: usize = 64 << 10;
    /// The largest: files are read whole.
    pub const MOST: usize = bundle::MAX_BUNDLE - (1 << 20);

    /// A size in mebibytes, as near to the one asked for as there is.
    pub fn mebibytes(size: usize) -> Self {
        PartSize::bytes(size.saturating_mul(1 << 20))
    }

    /// A size in bytes, as near to the one asked for as there is.
    pub fn bytes(size: usize) -> Self {
        PartSize(size.clamp(Self::LEAST, Self::MOST))
    }

    /// The size in bytes.
    pub fn get(self) -> usize {
        self.0
    }
}

impl Default for PartSize {
    /// Copied from the oldest stick within half a minute, and lost as a whole if that fails.
    fn default() -> Self {
        PartSize::mebibytes(32)
    }
}

/// Something that goes into one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cargo {
    /// A compressed segment.
    Segment(Vec<u8>),
    /// Numbered segments, with the stretches of numbers they fill for their receiver.
    Numbered(Vec<ScopeSegment>, Vec<Stretch>),
    /// Some bytes of an attachment, read when its file is made.
    Piece {
        /// Which attachment.
        hash: BlobHash,
        /// Its length in bytes.
        byte_length: u64,
        /// Where the piece begins.
        offset: u64,
        /// How long the piece is.
        length: usize,
    },
}

impl Cargo {
    /// An attachment in as many pieces as it needs.
    pub fn attachment(hash: BlobHash, byte_length: u64, size: PartSize) -> Vec<Cargo> {
        let step = (size.get() - FRAME) as u64;
        let offsets = (0..byte_length.div_ceil(step).max(1)).map(|at| at * step);
        let piece =
            |offset| Cargo::Piece { hash, byte_length, offset, length: step.min(byte_length - offset) as usize };
        offsets.map(piece).collect()
    }

    fn bytes(&self) -> usize {
        match self {
            Cargo::Segment(bytes) => bytes.len() + FRAME,
            Cargo::Numbered(segments, stretches) => {
                segments.iter().map(|segment| segment.bytes.len() + 2 * FRAME).sum::<usize>() + stretches.len() * FRAME
            }
            Cargo::Piece { length, .. } => length + FRAME,
        }
    }
}

/// All that is packed in one go for one receiver.
#[derive(Clone, Debug)]
pub struct Shipment {
    from: Sender,
    to: BundleKey,
    id: [u8; 16],
    packed_ms: u64,
    everywhere: Bundle,
    first: Bundle,
    parts: Vec<Vec<Cargo>>,
}

impl Shipment {
    /// Shares cargo out among files in its order. `everywhere` goes into each file, so that each is of use by itself,
    /// `first` into the first. There is always at least one file.
    pub fn new(
        (from, to): (Sender, BundleKey),
        (id, packed_ms): ([u8; 16], u64),
        (everywhere, first): (Bundle, Bundle),
        cargo: Vec<Cargo>,
        size: PartSize,
    ) -> Self {
        let mut parts = vec![Vec::new()];
        let mut filled = 0;
        for cargo in cargo {
            let bytes = cargo.bytes();
            if filled > 0 && filled + bytes > size.get() {
                parts.push(Vec::new());
                filled = 0;
            }
            filled += bytes;
            if let Some(part) = parts.last_mut() {
                part.push(cargo);
            }
        }
        Shipment { from, to, id, packed_ms, everywhere, first, parts }
    }

    /// The waybills of its files, in order.
    pub fn waybills(&self) -> impl Iterator<Item = Waybill> + '_ {
        let parts = self.parts.len() as u32;
        (1..=parts).map(move |part| Waybill {
            from: self.from,
            to: self.to,
            shipment: self.id,
            part,
            parts,
            packed_ms: self.packed_ms,
        })
    }

    /// About how many bytes all its files have together.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().flatten().map(|cargo| cargo.bytes() as u64).sum()
    }

    /// Makes the file of a waybill. Attachments are read with `read_piece(hash, offset, length)`, so that no more than
    /// one file is in memory; a piece that can no longer be read is left out.
    ///
    /// # Errors
    /// That of `read_piece`; [`Refusal::TooLarge`] if what goes into each or the first file is more than fits.
    pub fn seal_part<E: From<Refusal>>(
        &self,
        waybill: &Waybill,
        key: &SigningKey,
        rng: &mut impl CryptoRngCore,
        mut read_piece: impl FnMut(BlobHash, u64, usize) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<u8>, E> {
        let mut bundle = self.everywhere.clone();
        if waybill.part == 1 {
            bundle.registry.extend_from_slice(&self.first.registry);
            bundle.receipts.extend_from_slice(&self.first.receipts);
            bundle.notices.extend_from_slice(&self.first.notices);
            bundle.vector.extend_from_slice(&self.first.vector);
            bundle.held.extend_from_slice(&self.first.held);
            bundle.enrol_response.clone_from(&self.first.enrol_response);
        }
        for cargo in self.parts.get(waybill.part as usize - 1).into_iter().flatten() {
            match cargo {
                Cargo::Segment(bytes) => bundle.segments.push(bytes.clone()),
                Cargo::Numbered(segments, stretches) => {
                    bundle.numbered.extend_from_slice(segments);
                    bundle.stretches.extend_from_slice(stretches);
                }
                Cargo::Piece { hash, byte_length, offset, length } => {
                    if let Some(bytes) = read_piece(*hash, *offset, *length)? {
                        let (hash, byte_length, offset) = (*hash, *byte_length, *offset);
                        bundle.attachments.push(AttachmentPiece { hash, byte_length, offset, bytes });
                    }
                }
            }
        }
        let consignment = Consignment::pack(waybill, &bundle, key).map_err(Refusal::from)?;
        Ok(seal(&consignment, &self.to, rng)?)
    }
}
