//! Asking for a stamp, and judging the one that came: for documents, whose digest is always SHA-256.

use const_oid::db::rfc5912::ID_SHA_256;
use der::asn1::{Int, OctetString};
use der::{Decode, Encode};
use jiff::Timestamp;
use spki::AlgorithmIdentifier;
use x509_tsp::{MessageImprint, TimeStampReq, TspVersion, TstInfo};

use super::authority::Refusal;
use super::messages::{Reply, StatusCode};
use crate::certificate::{CertificateError, Serial};
use crate::cms_signature::CmsSignature;
use crate::subject::Subject;
use crate::trust::{TrustStore, TrustedFor};
use crate::verify::ProblemCode;

/// Why a reply is no stamp, or a stamp is not believed.
#[derive(Debug, thiserror::Error)]
pub enum TimeStampError {
    /// What came is no reply to a query: another server, a login page.
    #[error("the reply cannot be read")]
    Unreadable,
    /// The authority gave no stamp; the reason is `None` where it gave none that is known.
    #[error("no stamp was given")]
    Refused(#[source] Option<Refusal>),
    /// The stamp is for other bytes, or answers another query.
    #[error("the stamp is for something else")]
    OtherContent,
    /// The stamp's signature does not hold, or nobody trusted stands behind it.
    #[error("the stamp is not to be trusted")]
    Untrusted(Vec<ProblemCode>),
    /// The query could not be written.
    #[error("the query cannot be written")]
    Query(#[from] CertificateError),
}

/// What a stamp proves: that something existed at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStamp {
    /// The moment, to whole seconds.
    pub at: Timestamp,
    /// By how many seconds it may be wrong, as far as the authority says.
    pub accuracy_seconds: Option<u64>,
    /// The stamp's number, hexadecimal.
    pub serial: String,
    /// Who says so.
    pub authority: Subject,
}

/// The query (DER) for a stamp over a document with SHA-256 `digest`. The reply must repeat the `nonce`, so each query
/// has its own, drawn at random.
pub fn time_stamp_query(digest: &[u8; 32], nonce: u64) -> Result<Vec<u8>, CertificateError> {
    let query = TimeStampReq {
        version: TspVersion::V1,
        message_imprint: imprint(digest)?,
        req_policy: None,
        nonce: Some(number(nonce)?),
        cert_req: true,
        extensions: None,
    };
    Ok(query.to_der()?)
}

/// The token (DER) in a reply to this query; for the store or the document, once [`verify_time_stamp`] believes it.
pub fn read_reply(reply_der: &[u8], query_der: &[u8]) -> Result<Vec<u8>, TimeStampError> {
    let Reply { status, token } = Reply::from_der(reply_der).map_err(|_| TimeStampError::Unreadable)?;
    if !matches!(status.status, StatusCode::Granted | StatusCode::GrantedWithModifications) {
        let bits = status.reason.map(|reason| reason.raw_bytes().to_vec()).unwrap_or_default();
        let is_set = |refusal: &Refusal| {
            bits.get(refusal.bit() / 8).is_some_and(|octet| octet & (0x80 >> (refusal.bit() % 8)) != 0)
        };
        return Err(TimeStampError::Refused(Refusal::ALL.into_iter().find(is_set)));
    }
    let token = token.and_then(|token| token.to_der().ok()).ok_or(TimeStampError::Unreadable)?;
    let query = TimeStampReq::from_der(query_der).map_err(|_| TimeStampError::OtherContent)?;
    let (_, _, info) = read_token(&token)?;
    if info.nonce != query.nonce || info.message_imprint != query.message_imprint {
        return Err(TimeStampError::OtherContent);
    }
    Ok(token)
}

/// What a token (DER, followed by zeros at most) proves about a document with SHA-256 `digest`.
///
/// The authority's certificate is judged at the moment the stamp names; but a key known to be stolen at `at`, the moment
/// of judging, proves nothing at all: who holds it can name any moment.
pub fn verify_time_stamp(
    token_der: &[u8],
    digest: &[u8; 32],
    trust: &TrustStore,
    at: Timestamp,
) -> Result<TimeStamp, TimeStampError> {
    let (signature, content, info) = read_token(token_der)?;
    if info.message_imprint != imprint(digest)? {
        return Err(TimeStampError::OtherContent);
    }
    let seconds = i64::try_from(info.gen_time.to_unix_duration().as_secs()).map_err(|_| TimeStampError::Unreadable)?;
    let moment = Timestamp::from_second(seconds).map_err(|_| TimeStampError::Unreadable)?;
    let mut problems = signature.time_stamp_problems(content);
    let purpose = TrustedFor::TimeStamps { judged_at: at };
    problems.extend(trust.problems_of(&signature.signer, &signature.others, moment, purpose));
    if !problems.is_empty() {
        return Err(TimeStampError::Untrusted(problems));
    }
    Ok(TimeStamp {
        at: moment,
        accuracy_seconds: info.accuracy.and_then(|accuracy| accuracy.seconds),
        serial: Serial::from_bytes(info.serial_number.as_bytes())?.to_string(),
        authority: Subject::from_name(&signature.signer.tbs_certificate.subject),
    })
}

/// The signature, the DER it is over, and what that says.
fn read_token(token_der: &[u8]) -> Result<(CmsSignature, Vec<u8>, TstInfo), TimeStampError> {
    let (signature, content) = CmsSignature::parse_time_stamp(token_der).ok_or(TimeStampError::Unreadable)?;
    let info = TstInfo::from_der(&content).map_err(|_| TimeStampError::Unreadable)?;
    Ok((signature, content, info))
}

fn imprint(digest: &[u8; 32]) -> Result<MessageImprint, CertificateError> {
    Ok(MessageImprint {
        hash_algorithm: AlgorithmIdentifier { oid: ID_SHA_256, parameters: None },
        hashed_message: OctetString::new(digest.as_slice())?,
    })
}

/// A positive INTEGER as DER writes it: no more octets than it needs, and a zero before a set first bit.
fn number(value: u64) -> Result<Int, CertificateError> {
    let octets = [&[0], value.to_be_bytes().as_slice()].concat();
    let needed = octets.windows(2).position(|pair| pair[0] != 0 || pair[1] & 0x80 != 0).unwrap_or(octets.len() - 1);
    Ok(Int::new(&octets[needed..])?)
}
