//! Checksums of a body, computed as it comes: tus 1.0 §Checksum, and the digest a device signs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A checksum and what has been added to it so far.
#[derive(Clone, Debug)]
pub enum Checksum {
    /// The one algorithm that every tus server knows.
    Sha1(Box<Sha1>, [u8; 20]),
    /// The one we use.
    Sha256(Box<Sha256>, [u8; 32]),
}

/// Why an `Upload-Checksum` is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the checksum is malformed or of an unknown algorithm")]
pub struct ChecksumError;

impl Checksum {
    /// The algorithms as `Tus-Checksum-Algorithm` lists them.
    pub const ALGORITHMS: &str = "sha1,sha256";

    /// Expects a body of this SHA-256.
    pub fn sha256(expected: [u8; 32]) -> Self {
        Checksum::Sha256(Box::default(), expected)
    }

    /// Reads an `Upload-Checksum`: the algorithm, a space and the checksum in base64.
    pub fn parse(header: &str) -> Result<Self, ChecksumError> {
        let (algorithm, encoded) = header.split_once(' ').ok_or(ChecksumError)?;
        let expected = STANDARD.decode(encoded.trim()).map_err(|_| ChecksumError)?;
        match algorithm {
            "sha1" => Ok(Checksum::Sha1(Box::default(), expected.try_into().map_err(|_| ChecksumError)?)),
            "sha256" => Ok(Checksum::sha256(expected.try_into().map_err(|_| ChecksumError)?)),
            _ => Err(ChecksumError),
        }
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Checksum::Sha1(hasher, _) => hasher.update(bytes),
            Checksum::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    /// Whether the bytes were the expected ones.
    pub fn holds(self) -> bool {
        match self {
            Checksum::Sha1(hasher, expected) => hasher.finalize()[..] == expected,
            Checksum::Sha256(hasher, expected) => hasher.finalize()[..] == expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, body: &[u8], expected: Result<bool, ChecksumError>) {
        let found = Checksum::parse(header).map(|mut checksum| {
            body.chunks(3).for_each(|part| checksum.update(part));
            checksum.holds()
        });
        assert_eq!(found, expected, "{header}");
    }

    #[test]
    fn both_algorithms_are_known_and_others_refused() {
        // From `printf 'hello world' | openssl dgst -binary -sha1 | base64`, and -sha256.
        check("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello world", Ok(true));
        check("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello worlds", Ok(false));
        check("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", b"hello world", Ok(true));
        check("sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello world", Err(ChecksumError));
        check("md5 XrY7u+Ae7tCTyyK7j1rNww==", b"hello world", Err(ChecksumError));
        check("sha1", b"hello world", Err(ChecksumError));
        check("sha1 ***", b"hello world", Err(ChecksumError));
    }
}
