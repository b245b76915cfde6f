//! Requests signed by the device: HTTP Message Signatures (RFC 9421) over Content-Digest (RFC 9530).
//!
//! Covered are `@method`, `@path` and `content-digest`; the parameters carry the time, a nonce and the device key.
//! `@authority` is left out on purpose: an office reaches one server under several names.

use std::fmt::{self, Write};

use arumbae_mergelog::DeviceKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};

use crate::keys::SignatureBytes;

/// The header with the body's digest.
pub const CONTENT_DIGEST: &str = "content-digest";
/// The header that says what is signed, when and by whom.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// The header with the signature.
pub const SIGNATURE: &str = "signature";

/// How far a request's `created` may lie from the server's clock, in seconds. A device whose clock is wrong learns
/// the server's time from the refusal and signs again with it.
pub const WINDOW_SECONDS: u64 = 300;

const LABEL: &str = "arumbae=";
const COMPONENTS: &str = "(\"@method\" \"@path\" \"content-digest\")";

/// The three headers of a signed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// [`CONTENT_DIGEST`].
    pub content_digest: String,
    /// [`SIGNATURE_INPUT`].
    pub signature_input: String,
    /// [`SIGNATURE`].
    pub signature: String,
}

/// The SHA-256 of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyDigest(pub [u8; 32]);

impl BodyDigest {
    /// The digest of a whole body.
    pub fn of(body: &[u8]) -> Self {
        BodyDigest(Sha256::digest(body).into())
    }

    /// The digest a [`CONTENT_DIGEST`] header tells, in the one spelling this protocol writes.
    fn told_by(header: &str) -> Option<Self> {
        let encoded = header.strip_prefix("sha-256=:")?.strip_suffix(':')?;
        let digest = BodyDigest(STANDARD.decode(encoded).ok()?.try_into().ok()?);
        (digest.header() == header).then_some(digest)
    }

    fn header(self) -> String {
        format!("sha-256=:{}:", STANDARD.encode(self.0))
    }
}

impl fmt::Display for BodyDigest {
    /// As paths name it: hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What makes each request another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Seconds since 1970 UTC, by the server's clock as the device knows it.
    pub created: u64,
    /// Drawn at random for each request.
    pub nonce: [u8; 16],
}

/// Who signed a request, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedBy {
    /// The device.
    pub device: DeviceKey,
    /// What the caller must still hold against its clock and the nonces it has seen.
    pub freshness: Freshness,
}

/// Why a request counts as unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpSignatureError {
    /// A header is not written as this protocol writes it.
    #[error("the signature headers are malformed")]
    Malformed,
    /// The body is not the one that was signed.
    #[error("the body does not match its digest")]
    DigestMismatch,
    /// The signature does not match.
    #[error("the signature does not match")]
    SignatureMismatch,
}

/// Signs a request. `path` is the path alone, without the query: none of our paths has one.
pub fn sign(key: &SigningKey, method: &str, path: &str, body: &[u8], freshness: Freshness) -> SignatureHeaders {
    let content_digest = BodyDigest::of(body).header();
    let parameters = parameters(&DeviceKey(key.verifying_key().to_bytes()), freshness);
    let signature = SignatureBytes::sign(key, signature_base(method, path, &content_digest, &parameters).as_bytes());
    SignatureHeaders {
        content_digest,
        signature_input: format!("{LABEL}{parameters}"),
        signature: format!("{LABEL}:{}:", STANDARD.encode(signature.0)),
    }
}

/// Checks a request's digest and signature and says who signed it.
///
/// Whether that device is registered, the time is near and the nonce is new is the caller's to check.
pub fn verify(
    method: &str,
    path: &str,
    body: &[u8],
    headers: &SignatureHeaders,
) -> Result<SignedBy, HttpSignatureError> {
    let (signed_by, digest) = verify_head(method, path, headers)?;
    if digest == BodyDigest::of(body) { Ok(signed_by) } else { Err(HttpSignatureError::DigestMismatch) }
}

/// The same before the body is there: says who signed it and which body it must turn out to be.
pub fn verify_head(
    method: &str,
    path: &str,
    headers: &SignatureHeaders,
) -> Result<(SignedBy, BodyDigest), HttpSignatureError> {
    let parameters = headers.signature_input.strip_prefix(LABEL).ok_or(HttpSignatureError::Malformed)?;
    let signed_by = parse_parameters(parameters).ok_or(HttpSignatureError::Malformed)?;
    let signature = parse_signature(&headers.signature).ok_or(HttpSignatureError::Malformed)?;
    let digest = BodyDigest::told_by(&headers.content_digest).ok_or(HttpSignatureError::Malformed)?;
    let base = signature_base(method, path, &headers.content_digest, parameters);
    signature.verify(&signed_by.device.0, base.as_bytes()).map_err(|_| HttpSignatureError::SignatureMismatch)?;
    Ok((signed_by, digest))
}

fn parameters(device: &DeviceKey, Freshness { created, nonce }: Freshness) -> String {
    let nonce = STANDARD.encode(nonce);
    format!("{COMPONENTS};created={created};nonce=\"{nonce}\";keyid=\"{device}\";alg=\"ed25519\"")
}

/// Reads the parameters in the one order this protocol writes them: a second spelling would be a second nonce.
fn parse_parameters(text: &str) -> Option<SignedBy> {
    let rest = text.strip_prefix(COMPONENTS)?.strip_prefix(";created=")?;
    let (created, rest) = rest.split_once(";nonce=\"")?;
    let (nonce, rest) = rest.split_once("\";keyid=\"")?;
    let (keyid, rest) = rest.split_once('"')?;
    let freshness = Freshness { created: created.parse().ok()?, nonce: STANDARD.decode(nonce).ok()?.try_into().ok()? };
    let signed_by = SignedBy { device: parse_device(keyid)?, freshness };
    (rest == ";alg=\"ed25519\"" && parameters(&signed_by.device, freshness) == text).then_some(signed_by)
}

fn parse_device(hex: &str) -> Option<DeviceKey> {
    let mut key = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Some(DeviceKey(key))
}

fn parse_signature(header: &str) -> Option<SignatureBytes> {
    let encoded = header.strip_prefix(LABEL)?.strip_prefix(':')?.strip_suffix(':')?;
    Some(SignatureBytes(STANDARD.decode(encoded).ok()?.try_into().ok()?))
}

/// The signature base of RFC 9421 §2.5.
fn signature_base(method: &str, path: &str, content_digest: &str, parameters: &str) -> String {
    let mut base = String::new();
    let _ = writeln!(base, "\"@method\": {method}");
    let _ = writeln!(base, "\"@path\": {path}");
    let _ = writeln!(base, "\"content-digest\": {content_digest}");
    let _ = write!(base, "\"@signature-params\": {parameters}");
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESHNESS: Freshness = Freshness { created: 1_700_000_000, nonce: [9; 16] };

    fn signed() -> (SigningKey, SignatureHeaders) {
        let key = SigningKey::from_bytes(&[3; 32]);
        let headers = sign(&key, "POST", "/v1/sync", b"body", FRESHNESS);
        (key, headers)
    }

    #[test]
    fn the_headers_are_written_as_rfc_9421_and_9530_say() {
        let (_, headers) = signed();
        insta::assert_snapshot!(format!(
            "{}\n{}\n{}",
            headers.content_digest, headers.signature_input, headers.signature
        ));
    }

    #[test]
    fn a_request_says_who_signed_it_and_when() {
        let (key, headers) = signed();
        let expected = SignedBy { device: DeviceKey(key.verifying_key().to_bytes()), freshness: FRESHNESS };
        assert_eq!(verify("POST", "/v1/sync", b"body", &headers), Ok(expected));
    }

    #[track_caller]
    fn check_refused(method: &str, path: &str, body: &[u8], headers: &SignatureHeaders, why: HttpSignatureError) {
        assert_eq!(verify(method, path, body, headers), Err(why));
    }

    #[test]
    fn whatever_is_signed_cannot_be_changed() {
        let (key, headers) = signed();
        check_refused("PUT", "/v1/sync", b"body", &headers, HttpSignatureError::SignatureMismatch);
        check_refused("POST", "/v1/enrol", b"body", &headers, HttpSignatureError::SignatureMismatch);
        check_refused("POST", "/v1/sync", b"other", &headers, HttpSignatureError::DigestMismatch);

        let later = Freshness { created: FRESHNESS.created + 1, ..FRESHNESS };
        let other = sign(&key, "POST", "/v1/sync", b"body", later);
        let moved = SignatureHeaders { signature_input: other.signature_input, ..headers.clone() };
        check_refused("POST", "/v1/sync", b"body", &moved, HttpSignatureError::SignatureMismatch);
    }

    #[test]
    fn a_second_spelling_of_the_parameters_is_malformed() {
        let (_, headers) = signed();
        let spellings = [
            headers.signature_input.replace("created=1700000000", "created=01700000000"),
            headers.signature_input.replace(";alg=", "; alg="),
            headers.signature_input.replace("\"@path\" ", ""),
            headers.signature_input.to_uppercase(),
            String::new(),
        ];
        for signature_input in spellings {
            let changed = SignatureHeaders { signature_input, ..headers.clone() };
            check_refused("POST", "/v1/sync", b"body", &changed, HttpSignatureError::Malformed);
        }
        for signature in ["", "arumbae=", "arumbae=:AAAA:", "sig1=:AAAA:"] {
            let changed = SignatureHeaders { signature: signature.to_owned(), ..headers.clone() };
            check_refused("POST", "/v1/sync", b"body", &changed, HttpSignatureError::Malformed);
        }
    }
}
