//! Laptop to laptop on the network of an office, without the server.
//!
//! The same things travel as on a stick, in the same sealed files; a socket carries them instead of a person, so each
//! side can first say what it has. [`Neighbourhood`] listens while the officer wants it to, is found by multicast DNS,
//! and exchanges with devices whose code was compared once on both screens. The registry is asked each time.

mod alias;
mod call;
mod code;
mod device_tls;
mod discovery;
mod error;
mod line;
mod neighbourhood;

pub use alias::Alias;
pub use code::PairingCode;
pub use discovery::Found;
pub use error::NearbyError;
pub use neighbourhood::{Called, Comparing, NEARBY_PATIENCE, Neighbourhood, everywhere, typed_address};
