//! Sticks instead of a link: the same things travel, packed by one side and taken by the other days later.
//!
//! Any courier may carry the files, none can read or change them. They may come in any order, repeated, in part and of
//! different ages: what is in them is judged as if it had come over a link, and what a file says that does not follow
//! what is here is left for a later one.

mod packing;
mod taking;

pub use packing::{Addressee, Packing, Tally, pack};
pub(crate) use packing::{Known, pack_for_colleague, pack_registry, pack_standing};
pub use taking::{CourierError, Taken, Unread, look, take};
