//! Keys, certificates, PAdES signatures and time stamps of the documents the program issues.
//!
//! The crate is pure: time, randomness and serial numbers are passed in, nothing is read from the disk, the clock or
//! the environment. ECDSA signatures are deterministic (RFC 6979), so the same input gives the same bytes.

mod appearance;
pub mod authority;
pub mod certificate;
mod cms_signature;
mod increment;
pub mod key;
mod permission;
pub mod request;
mod revision;
pub mod revocation;
pub mod sign;
pub mod subject;
pub mod time_stamp;
pub mod trust;
pub mod verify;
