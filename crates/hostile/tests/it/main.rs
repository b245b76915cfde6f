//! Decoders under bytes they did not expect.

mod corpus;
mod damage;

use std::panic::{AssertUnwindSafe, catch_unwind};

use arumbae_hostile::Decoder;

/// What a decoder makes of bytes; says which bytes they were if it breaks a promise.
#[track_caller]
fn read(decoder: &Decoder, bytes: &[u8], which: &str) -> Option<Vec<u8>> {
    let read = catch_unwind(AssertUnwindSafe(|| (decoder.check)(bytes)));
    read.unwrap_or_else(|_| panic!("{} broke a promise, told above, over {which}", decoder.name))
}
