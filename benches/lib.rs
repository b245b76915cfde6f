//! Measurements: what `make bench` runs. Nothing in here asserts; it prints figures beside their targets.

pub mod day;
pub mod documents;
pub mod draw;
pub mod figures;
pub mod season;
pub mod workload;
