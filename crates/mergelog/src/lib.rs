//! The merge log: how records travel between devices and merge.
//!
//! Pure: time, randomness and identifiers are passed in; nothing here reads clock, disk or network.

pub mod clock;
pub mod lane;
pub mod operation;

pub use clock::Hlc;
pub use lane::{DeviceKey, Lane, LaneId};
pub use operation::{OpId, Operation, Save};
