//! What the two sides say, as far as `x509-tsp` does not say it already.

use cms::content_info::ContentInfo;
use const_oid::db::rfc5912::{ID_SHA_256, ID_SHA_384, ID_SHA_512};
use der::asn1::{BitString, ObjectIdentifier};
use der::{Enumerated, Sequence};

/// RFC 4210 5.2.3. The crate's own type of the reasons writes and reads the wrong bits.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Status {
    pub status: StatusCode,
    #[asn1(optional = "true")]
    pub text: Option<FreeText>,
    #[asn1(optional = "true")]
    pub reason: Option<BitString>,
}

/// RFC 3161 2.4.2. Only the first two come with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[asn1(type = "INTEGER")]
#[repr(u8)]
pub(super) enum StatusCode {
    Granted = 0,
    GrantedWithModifications = 1,
    Rejection = 2,
    Waiting = 3,
    RevocationWarning = 4,
    RevocationNotification = 5,
}

/// `PKIFreeText ::= SEQUENCE SIZE (1..MAX) OF UTF8String`.
pub(super) type FreeText = Vec<String>;

/// `TimeStampResp`.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Reply {
    pub status: Status,
    #[asn1(optional = "true")]
    pub token: Option<ContentInfo>,
}

/// How many bytes a digest by this algorithm has, if it is one that is stamped.
pub(super) fn digest_length(algorithm: ObjectIdentifier) -> Option<usize> {
    match algorithm {
        ID_SHA_256 => Some(32),
        ID_SHA_384 => Some(48),
        ID_SHA_512 => Some(64),
        _ => None,
    }
}
