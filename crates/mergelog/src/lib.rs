//! The merge log: how records travel between devices and merge.
//!
//! Pure: time, randomness and identifiers are passed in; nothing here reads clock, disk or network.

pub mod author;
pub mod chain;
pub mod clock;
mod columns;
pub mod compression;
pub mod digest;
mod erasure;
mod grammar;
pub mod lane;
pub mod leaf;
pub mod limits;
mod merkle;
pub mod operation;
pub mod parcel;
pub mod proof;
pub mod segment;
pub mod snapshot;
pub mod state;
pub mod wire;

pub use chain::{ChainVerdict, LaneCursor};
pub use clock::Hlc;
pub use digest::Digest;
pub use lane::{DeviceKey, Lane, LaneId};
pub use operation::{KindNo, OpId, Operation, Save};
pub use proof::{Leaf, SaveProof, SignedHeader};
pub use segment::{ClockQuality, SealedSegment, SegmentError, SegmentHash, SegmentHeader};
pub use snapshot::{SnapshotHash, SnapshotHead};
pub use state::{RecordState, Stamp};
