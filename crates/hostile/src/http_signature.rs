//! A request's signature headers.

use arumbae_protocol::http_signature::{Freshness, SignatureHeaders, sign, verify};

use crate::allocation::within;
use crate::samples::key;
use crate::{Damage, Decoder};

/// Method, path and the three headers, a line each, and the body.
pub const DECODER: Decoder = Decoder { name: "http_signature", check, samples, damage: Damage::Noticed };

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut parts = bytes.splitn(6, |byte| *byte == b'\n');
    let mut text = || parts.next().and_then(|part| std::str::from_utf8(part).ok());
    let (method, path) = (text()?, text()?);
    let headers = SignatureHeaders {
        content_digest: text()?.to_owned(),
        signature_input: text()?.to_owned(),
        signature: text()?.to_owned(),
    };
    let body = parts.next()?;
    let signed_by = within(8 * bytes.len(), || verify(method, path, body, &headers)).ok()?;
    let parameters = format!("created={};", signed_by.freshness.created);
    assert!(headers.signature_input.contains(&parameters), "the time is the one that was signed");
    assert!(headers.signature_input.contains(&signed_by.device.to_string()), "so is the device");
    Some(bytes.to_vec())
}

fn samples() -> Vec<Vec<u8>> {
    let sample = |method: &str, path: &str, body: &[u8]| {
        let freshness = Freshness { created: 1_700_000_000, nonce: [9; 16] };
        let SignatureHeaders { content_digest, signature_input, signature } =
            sign(&key(), method, path, body, freshness);
        let lines = [method, path, &content_digest, &signature_input, &signature].join("\n");
        [lines.as_bytes(), b"\n", body].concat()
    };
    vec![sample("POST", "/v1/sync", b"body"), sample("GET", "/v1/attachments/00", b"")]
}
