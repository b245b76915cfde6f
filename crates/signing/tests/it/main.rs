//! Certificates, signing and verifying, as the rest of the program uses them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops at once")]

mod certificates;
mod fixture;
mod revocations;
mod signing;
mod tampering;
mod time_stamps;
