//! Compressed bytes, as segments travel and are kept in.

use arumbae_mergelog::compression::{compress, decompress};

use crate::allocation::within;
use crate::{Damage, Decoder, samples};

/// What may come out; far less than for a segment, so that the fuzzer can reach it.
const CAP: usize = 64 << 10;

/// Unpacked with a cap.
pub const DECODER: Decoder = Decoder {
    name: "envelope",
    check,
    samples: || {
        let mut samples: Vec<Vec<u8>> =
            samples::runs().iter().map(|saves| compress(samples::seal(saves).bytes())).collect();
        samples.extend([compress(b""), compress(&[0; 4096])]);
        samples
    },
    damage: Damage::Unnoticed,
};

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let content = within(CAP + bytes.len(), || decompress(bytes, CAP)).ok()?;
    assert!(content.len() <= CAP, "the cap holds");
    assert_eq!(decompress(&compress(&content), CAP).as_ref(), Ok(&content), "what came out can be packed again");
    Some(content)
}
