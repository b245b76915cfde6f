//! In what portions bytes travel, so that a cut costs little.
//!
//! HTTP/2 and TLS hand on only whole frames and whole records: what came of the one that was cut is lost, and is all
//! that has to be sent again. Smaller ones would cost more where nothing is cut: these add 3 % to a body.

/// The most bytes of a body in one HTTP/2 frame.
pub const FRAME_BYTES: usize = 768;

/// The largest TLS record, in bytes with its header and seal.
pub const RECORD_BYTES: usize = 1024;
