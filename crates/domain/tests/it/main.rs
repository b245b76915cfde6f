//! The domain together with the data files it is shipped with.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

mod messages;
mod regions;
mod rules;
