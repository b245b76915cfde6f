//! A bundle's parts in front of a checksum that holds: what could be on a stick whose packer is not our program.

use crate::{Damage, Decoder, bundle};

/// What follows the magic number and the format, without the last part.
pub const DECODER: Decoder = Decoder { name: "bundle_parts", check, samples, damage: Damage::Unnoticed };

/// Magic number and format.
const HEAD: &[u8] = b"ARBN\x01\0";
/// The last part: its kind, the length of the checksum and the checksum.
const END: usize = 1 + 4 + 32;

fn check(parts: &[u8]) -> Option<Vec<u8>> {
    let bytes = [HEAD, parts].concat();
    let checksum = blake3::hash(&bytes);
    let end = [&[0, 32, 0, 0, 0], checksum.as_bytes().as_slice()].concat();
    bundle::check(&[bytes, end].concat())
}

fn samples() -> Vec<Vec<u8>> {
    let parts = |bytes: Vec<u8>| bytes[HEAD.len()..bytes.len() - END].to_vec();
    (bundle::DECODER.samples)().into_iter().map(parts).collect()
}
