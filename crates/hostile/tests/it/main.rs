//! Decoders under bytes they did not expect.

mod corpus;
mod damage;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use arumbae_hostile::Decoder;

/// What a decoder makes of bytes; says which bytes they were if it breaks a promise.
#[track_caller]
fn read(decoder: &Decoder, bytes: &[u8], which: &str) -> Option<Vec<u8>> {
    catch_unwind(AssertUnwindSafe(|| (decoder.check)(bytes))).unwrap_or_else(|broken| {
        eprintln!("{} broke a promise over {which}", decoder.name);
        resume_unwind(broken)
    })
}
