//! The merge log as other crates see it.

mod authoring;
mod chain;
mod extremes;
mod merge;
mod parcels;
mod proofs;
mod said;
mod samples;
mod segments;
mod sizes;
mod snapshots;
mod vectors;
