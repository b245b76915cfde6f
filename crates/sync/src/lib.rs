//! The way between a device and its province: what to send, how, and what is true meanwhile.
//!
//! A library, not a loop: the host says when to sync, and is told when to try again. Time and randomness are
//! passed in; [`plan`] and [`retry`] touch neither network, disk nor clock. Nothing here calls a record sent:
//! only a receipt signed by the province does, and the store checks and keeps those.

pub mod attachments;
pub mod carrier;
pub mod clock_reading;
pub mod courier;
pub mod engine;
pub mod enrol;
pub mod error;
mod https;
pub mod link_state;
pub mod nearby;
pub mod pinned_ca;
pub mod plan;
mod registry_return;
mod repairing;
mod resuming;
pub mod retry;
mod shared_store;
pub mod short_code;
mod snapshots;
pub mod surroundings;
pub mod transport;
mod underway;
mod way_out;

pub use attachments::{Allowance, AttachmentReport};
pub use carrier::{Carrier, Traffic};
pub use clock_reading::ClockReading;
pub use engine::{SyncEngine, SyncReport};
pub use enrol::{Enrolled, enrol, enrol_over};
pub use error::{SyncError, SyncErrorCode};
pub use https::Patience;
pub use link_state::LinkState;
pub use retry::Backoff;
pub use short_code::fetch_invitation;
pub use surroundings::Surroundings;
pub use transport::Transport;
pub use way_out::way_out;
