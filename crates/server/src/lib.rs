//! The provincial server: it keeps signed logs, receipts, the registry, attachments and the certificate authority.
//!
//! It never invents or changes a record: what a device signed is stored and passed on byte for byte. It never holds
//! a key a record could be signed with.

mod acts;
pub mod attachment;
mod authorities;
pub mod backup;
pub mod clock;
pub mod command;
pub mod configuration;
mod contacts;
pub mod courier;
pub mod document_register;
mod enrolment;
mod exchange;
mod http;
pub mod keys;
pub mod listener;
pub mod log;
pub mod messages;
pub mod metrics;
mod parcels;
pub mod province;
pub mod randomness;
mod repair;
mod revocation;
mod revocation_lists;
mod rights;
mod rotation;
pub mod server;
mod short_codes;
pub mod snapshots;
mod stamp_clock;
pub mod start_error;
mod statistics;
pub mod storage;
mod time_stamping;
mod upload_token;
pub mod verification;

pub use attachment::{AttachmentPlace, AttachmentStore};
pub use authorities::{AuthorityError, AuthorityOverview, CarriedRoot};
pub use clock::Clock;
pub use enrolment::{InviteError, NewInvitation, RevokeInvitationError};
pub use http::{Allowance, Limits, Pace, openapi, router};
pub use listener::bind;
pub use province::{Office, Province, RequestError};
pub use randomness::Randomness;
pub use revocation::RevokeError;
pub use rights::{GrantError, RoleChange};
pub use server::{Config, RunningServer, Server};
pub use snapshots::SnapshotPolicy;
pub use start_error::StartError;
pub use storage::DatabaseUrl;
