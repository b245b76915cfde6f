//! Snapshots: what a scope's segments up to a number add up to, as bytes that everybody who holds them makes alike.
//!
//! A snapshot is a [head](SnapshotHead) and [pages](Page). The head says where each lane stands, carries the segments
//! that are not added up whole, and names every page by its hash, so that the head's own hash names all of it. A page
//! ends where its records' ids say so: pages without a changed record come out the same in the next snapshot, byte for
//! byte.
//!
//! On the pages stands what the scope's own lanes say of the records made in it. What other scopes' lanes say of them is
//! in those scopes' segments; [`RecordState::join`](crate::RecordState::join) puts the parts together.

mod growth;
mod head;
mod page;

pub use growth::Growth;
pub use head::{CarriedSegment, PageRef, SnapshotHash, SnapshotHead, SnapshotLane};
pub use page::{Page, SnapshotRecord};

use crate::state::StateError;
use crate::wire::WireError;

/// Raised whenever the same segments would come out as another snapshot, as when an operation became known. Snapshots
/// of another number are read, but not compared.
pub const EDITION: u16 = 1;

/// A head's bytes at most. It grows with the lanes, the pages and the segments that are kept whole.
pub const MAX_HEAD: usize = 8 << 20;

/// A page's bytes at most.
pub const MAX_PAGE: usize = 8 << 20;

/// Why bytes are no snapshot, or segments make none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The bytes do not follow the format.
    #[error("the snapshot is malformed: {0}")]
    Malformed(&'static str),
    /// Written by a later version in a way this one cannot read.
    #[error("the snapshot has format {found}")]
    NewerFormat {
        /// Its format.
        found: u16,
    },
    /// A size exceeds what readers accept.
    #[error("the snapshot exceeds a limit: {0}")]
    TooLarge(&'static str),
    /// The page is not the one the head names.
    #[error("the page is not the one its snapshot names")]
    WrongPage,
    /// The segment does not continue the snapshot.
    #[error("the segment does not continue the snapshot: {0}")]
    NotNext(&'static str),
}

impl From<WireError> for SnapshotError {
    fn from(WireError(what): WireError) -> Self {
        SnapshotError::Malformed(what)
    }
}

impl From<StateError> for SnapshotError {
    fn from(StateError(what): StateError) -> Self {
        SnapshotError::Malformed(what)
    }
}
