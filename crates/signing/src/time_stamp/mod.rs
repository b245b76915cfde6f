//! Time stamps (RFC 3161, updated by RFC 5816): who asks for one, who gives it, and what it proves.

mod authority;
mod client;
mod messages;

pub use authority::{POLICY, Refusal, TimeStampAuthority};
pub use client::{TimeStamp, TimeStampError, read_reply, time_stamp_query, verify_time_stamp};
