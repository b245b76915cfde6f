//! Bodies as CBOR (RFC 8949).

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The bytes are not the CBOR body that was expected.
#[derive(Debug, thiserror::Error)]
pub enum CborError {
    /// Not CBOR, or CBOR of another shape.
    #[error("the body is not the expected CBOR")]
    Malformed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Bytes follow the body; accepting them would let two texts mean the same.
    #[error("bytes follow the CBOR body")]
    TrailingBytes,
}

/// How deep a body may nest; our own reach four, and an unbounded decoder can be made to exhaust the stack.
const MAX_DEPTH: usize = 32;

/// Encodes a body.
pub fn to_bytes<T: Serialize>(body: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into a `Vec` cannot fail, and none of our bodies has a type CBOR cannot hold.
    ciborium::into_writer(body, &mut bytes).expect("our bodies are always encodable");
    bytes
}

/// Decodes a body that must fill `bytes` exactly.
///
/// The caller caps the length of `bytes`; nothing is allocated beyond what they can fill.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CborError> {
    let mut rest = bytes;
    let body = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH)
        .map_err(|error| CborError::Malformed(Box::new(error)))?;
    if rest.is_empty() { Ok(body) } else { Err(CborError::TrailingBytes) }
}
