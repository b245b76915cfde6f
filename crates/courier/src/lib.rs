//! What couriers carry: bundles sealed to their receiver, in parts that fit old sticks, as files that are whole or not
//! there.
//!
//! Client and server pack and take alike; what goes in, and what becomes of what comes out, is theirs. Sealing is that
//! of age (<https://c2sp.org/age>) with X25519: whoever holds the key can open a file with any age program.

pub mod age;
mod bundle_secret;
mod file_name;
mod refusal;
mod sealing;
mod shipment;
mod stick;

pub use bundle_secret::BundleSecret;
pub use file_name::{EXTENSION, FileName};
pub use refusal::Refusal;
pub use sealing::{MAX_SEALED, open, seal};
pub use shipment::{Cargo, PartSize, Shipment};
pub use stick::Stick;
