//! The names of an upload and of its pieces.

use std::fmt;

use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::DeviceKey;
use object_store::ObjectMeta;
use object_store::path::Path;

pub(super) const UPLOADS: &str = "uploads";
const OPENED: &str = "open";

/// An upload: what a device promised to bring.
///
/// The same device promising the same attachment gets the same one, so that it can resume even when the answer to its
/// first request was lost; no other device can touch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Upload {
    /// Who promised it.
    pub device: DeviceKey,
    /// The attachment's BLAKE3.
    pub hash: BlobHash,
    /// Its length in bytes.
    pub length: u64,
}

impl Upload {
    /// Reads the name of one of the device's uploads.
    pub fn parse(device: DeviceKey, name: &str) -> Option<Self> {
        let (hash, length) = name.split_once('-')?;
        let upload = Upload { device, hash: hash.parse().ok()?, length: length.parse().ok()? };
        // A second spelling would be a second upload.
        (upload.to_string() == name).then_some(upload)
    }

    /// As much of the key as tells a nation's devices apart: some file systems count the bytes of a path.
    pub(super) fn folder_of(device: DeviceKey) -> Path {
        Path::from_iter([UPLOADS, &device.to_string()[..16]])
    }

    pub(super) fn folder(&self) -> Path {
        Self::folder_of(self.device).join(self.to_string())
    }

    /// The mark that it was opened.
    pub(super) fn opened(&self) -> Path {
        self.folder().join(OPENED)
    }

    pub(super) fn piece(&self, Piece { from, to }: &Piece) -> Path {
        self.folder().join(format!("{from}-{to}"))
    }
}

impl fmt::Display for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.hash, self.length)
    }
}

/// Bytes of an upload that arrived together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    /// The first byte.
    pub from: u64,
    /// The first byte after it.
    pub to: u64,
}

impl Piece {
    /// The piece an object is, `None` for another object or one that is not whole.
    pub fn of(object: &ObjectMeta) -> Option<Self> {
        let (from, to) = object.location.filename()?.split_once('-')?;
        let piece = Piece { from: from.parse().ok()?, to: to.parse().ok()? };
        (piece.from.checked_add(object.size) == Some(piece.to)).then_some(piece)
    }
}

/// How far sorted pieces reach from the first byte on without a gap.
pub(super) fn reach(pieces: &[Piece]) -> u64 {
    pieces.iter().fold(0, |at, piece| if piece.from <= at { at.max(piece.to) } else { at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_reach(pieces: &[(u64, u64)], expected: u64) {
        let pieces: Vec<Piece> = pieces.iter().map(|&(from, to)| Piece { from, to }).collect();
        assert_eq!(reach(&pieces), expected, "{pieces:?}");
    }

    #[test]
    fn pieces_reach_up_to_the_first_gap_however_they_overlap() {
        check_reach(&[], 0);
        check_reach(&[(0, 5)], 5);
        check_reach(&[(0, 5), (5, 9)], 9);
        check_reach(&[(0, 5), (0, 8), (5, 7), (8, 9)], 9);
        check_reach(&[(0, 5), (6, 9)], 5);
        check_reach(&[(1, 9)], 0);
    }

    #[test]
    fn an_upload_has_one_name() {
        let device = DeviceKey([7; 32]);
        let upload = Upload { device, hash: BlobHash([1; 32]), length: 500 };
        assert_eq!(Upload::parse(device, &upload.to_string()), Some(upload));
        let hash = upload.hash;
        for other in [format!("{hash}-0500"), format!("{hash}"), format!("{hash}-+5"), "open".to_owned()] {
            assert_eq!(Upload::parse(device, &other), None, "{other}");
        }
    }
}
