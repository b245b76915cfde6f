//! How merging is measured: the work of many devices, as it travels, against the same operations in a bare table.
//!
//! `make bench` measures invented work with it, `arumbae-cli bench-merge` recorded work. Nothing in here is part of
//! what an officer uses, and nothing in here asserts.

pub mod backlog;
pub mod exchanging;
pub mod merging;
mod peak_memory;
pub mod raw_table;
pub mod recorded;
pub mod travelling;
mod work;

pub use work::{Device, Work, Writer, concurrent_edits};
