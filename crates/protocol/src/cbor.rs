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

/// The first entry of a body of which only the beginning is here, if it has this name and is whole.
pub fn first_entry<T: DeserializeOwned>(beginning: &[u8], name: &str) -> Option<T> {
    // RFC 8949 §3.1: a map of up to 23 pairs, or of up to 255.
    let mut rest = match beginning {
        [0xa1..=0xb7, rest @ ..] | [0xb8, _, rest @ ..] => rest,
        _ => return None,
    };
    let key: String = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH).ok()?;
    if key != name {
        return None;
    }
    ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH).ok()
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
    fn the_first_entry_is_read_before_the_rest_is_here() {
        let bytes = to_bytes(&SyncRequest { incarnation: 1 << 40, ..SyncRequest::default() });
        let first = |length: usize| first_entry::<u64>(&bytes[..length], "incarnation");
        let whole = 1 + 1 + "incarnation".len() + 9;
        assert_eq!((first(whole), first(whole - 1), first(0)), (Some(1 << 40), None, None));
        assert_eq!(first_entry::<u64>(&bytes, "cursors"), None);
        assert_eq!(first_entry::<u64>(b"<html>", "incarnation"), None);
    }

    #[test]
    fn a_deeply_nested_body_is_refused_without_exhausting_the_stack() {
        let bytes = vec![0x81; 100_000];
        assert!(matches!(from_bytes::<SyncRequest>(&bytes), Err(CborError::Malformed(_))));
    }
}
