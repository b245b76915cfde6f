//! The one shape of a refused request.

use serde::{Deserialize, Serialize};

/// Why a request was refused. Only codes a client acts on differently are listed; its words are its own catalogue's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FailureCode {
    /// The body is not what the path takes.
    MalformedBody,
    /// The body or the attachment is larger than the server takes.
    TooLarge,
    /// The client speaks a protocol this server no longer, or does not yet, serve.
    UnsupportedProtocol,
    /// No invitation with this token.
    UnknownInvitation,
    /// The invitation's last day is over, or it was taken back.
    ExpiredInvitation,
    /// Another device redeemed the invitation.
    UsedInvitation,
    /// Somebody tried the invitation's short code too often; it may be tried again later.
    TooManyTries,
    /// The certificate request is unreadable or not signed by its own key.
    BadCertificateRequest,
    /// The person is already registered and the invitation is not for them.
    PersonTaken,
    /// The device is already registered, for another person.
    DeviceTaken,
    /// The request carries no signature, or one that does not match.
    BadSignature,
    /// The request's time is too far from the server's; the answer's `server_time_ms` tells by how much.
    StaleRequest,
    /// The same request arrived before.
    ReplayedRequest,
    /// The device is not in the registry.
    UnknownDevice,
    /// The device was revoked.
    RevokedDevice,
    /// No such path, upload or attachment.
    NotFound,
    /// An upload continues at another offset than the server holds.
    OffsetMismatch,
    /// The bytes are not those their hash promised.
    ChecksumMismatch,
    /// The device has begun too many uploads; some have to be finished or given up first.
    TooManyUploads,
    /// The server has no room left.
    StorageFull,
    /// The device, or an address that cannot be told from others, has asked for more than its share; `Retry-After`
    /// says when there is some again.
    TooManyRequests,
    /// The server has more to do than it can at once; `Retry-After` says when to come back.
    Busy,
    /// The server could not answer; the reference is in its log.
    Internal,
    /// A code of a later server.
    #[serde(other)]
    Unknown,
}

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// What went wrong.
    pub code: FailureCode,
    /// Finds the request in the server's log; says nothing about a person.
    pub reference: String,
    /// Milliseconds since 1970 UTC, so that a device with a wrong clock learns how wrong.
    pub server_time_ms: u64,
}
