//! Squeezed bytes, as segments travel and are kept in.

use arumbae_mergelog::compression::{compress, compress_against, decompress, decompress_against};

use crate::allocation::within;
use crate::samples::{runs, seal};
use crate::{Damage, Decoder};

/// What may come out; far less than for a segment, so that the fuzzer can reach it.
const CAP: usize = 64 << 10;

/// Unpacked with a cap, against nothing and against what their receiver holds.
pub const DECODER: Decoder = Decoder { name: "envelope", check, samples, damage: Damage::Unnoticed };

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let base = base();
    let against = within(CAP + 2 * (base.len() + bytes.len()), || decompress_against(&base, bytes, CAP));
    let alone = within(CAP + 2 * bytes.len(), || decompress(bytes, CAP));
    for content in [&against, &alone].into_iter().flatten() {
        assert!(content.len() <= CAP, "the cap holds");
        assert_eq!(decompress(&compress(content), CAP).as_ref(), Ok(content), "what came out can be packed again");
    }
    alone.or(against).ok()
}

fn base() -> Vec<u8> {
    seal(&runs()[1]).into_bytes()
}

fn samples() -> Vec<Vec<u8>> {
    let segments: Vec<Vec<u8>> = runs().iter().map(|saves| seal(saves).into_bytes()).collect();
    let mut samples: Vec<Vec<u8>> = segments.iter().map(|bytes| compress(bytes)).collect();
    samples.extend(segments.iter().map(|bytes| compress_against(&base(), bytes)));
    samples.extend([compress(b""), compress(&[0; 4096])]);
    samples
}
