//! What Panwascam officers record, and the rules that hold for it.
//!
//! This crate is pure: it never reads the clock, the disk, the environment or the network, and it never
//! prints. Time, identifiers and rule data are passed in.

pub mod attendance;
pub mod calendar;
pub mod change;
pub mod deadline;
pub mod language;
pub mod narrative;
pub mod records;
pub mod region;
pub mod region_table;
pub mod schema;
pub mod staff_number;
pub mod validation;

pub use records::*;
pub use region::{RegionCode, Scope};
