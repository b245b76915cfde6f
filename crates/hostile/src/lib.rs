//! What every decoder of bytes from outside promises, whatever the bytes: it never panics, takes no more memory than
//! its limits say, and what it took means the same once written again.
//!
//! Each [`Decoder`] is held to that three times over: by a fuzz target of its name under `fuzz/`, by a test that
//! replays the committed corpus, and by a test that cuts and damages our own bytes at every place.

mod allocation;
pub mod attendance;
pub mod body;
pub mod bundle;
pub mod bundle_parts;
pub mod envelope;
pub mod http_signature;
pub mod invitation;
pub mod messages;
pub mod parcel;
pub mod proof;
pub mod registry;
pub mod repair;
pub mod rules;
pub mod samples;
pub mod save;
pub mod sealed;
pub mod segment;
pub mod snapshot;
pub mod state;

/// A decoder of bytes from outside.
pub struct Decoder {
    /// The name of its fuzz target and of its corpus.
    pub name: &'static str,
    /// Gives it the bytes and panics if a promise is broken. What it understood, in our own spelling; `None` if it
    /// refused them.
    pub check: fn(&[u8]) -> Option<Vec<u8>>,
    /// What we write ourselves; all of it is taken.
    pub samples: fn() -> Vec<Vec<u8>>,
    /// What must come of a sample that was damaged on the way.
    pub damage: Damage,
}

/// What a decoder notices of damage, beyond not being harmed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Anything that changes the meaning: it is signed, or carries a checksum.
    Noticed,
    /// That the end is missing; a changed bit may mean something else.
    CutsNoticed,
    /// Nothing: half a list is a list too.
    Unnoticed,
}

/// Every decoder.
pub const DECODERS: [&Decoder; 18] = [
    &attendance::DECODER,
    &body::DECODER,
    &bundle::DECODER,
    &bundle_parts::DECODER,
    &envelope::DECODER,
    &http_signature::DECODER,
    &invitation::DECODER,
    &messages::DECODER,
    &parcel::DECODER,
    &proof::DECODER,
    &registry::DECODER,
    &repair::DECODER,
    &rules::DECODER,
    &save::DECODER,
    &sealed::DECODER,
    &segment::DECODER,
    &snapshot::DECODER,
    &state::DECODER,
];
