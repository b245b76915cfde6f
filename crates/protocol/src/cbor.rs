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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::SyncRequest;

    #[test]
    fn a_body_fills_its_bytes_exactly() {
        let mut bytes = to_bytes(&SyncRequest::default());
        assert!(from_bytes::<SyncRequest>(&bytes).is_ok(), "a body reads back");
        assert!(from_bytes::<SyncRequest>(&bytes[..bytes.len() - 1]).is_err(), "a cut body is refused");
        bytes.push(0);
        assert!(matches!(from_bytes::<SyncRequest>(&bytes), Err(CborError::TrailingBytes)), "nothing may follow");
    }

    #[test]
    fn a_deeply_nested_body_is_refused_without_exhausting_the_stack() {
        let bytes = vec![0x81; 100_000];
        assert!(matches!(from_bytes::<SyncRequest>(&bytes), Err(CborError::Malformed(_))));
    }
}
