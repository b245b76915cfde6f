//! Why a sync, an enrolment or a transfer did not go through.

use std::time::Duration;

use arumbae_protocol::FailureCode;
use arumbae_protocol::registry::RegistryError;
use arumbae_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::pinned_ca::UnusableAuthority;

/// What the operations of this crate return.
pub type Result<T, E = SyncError> = std::result::Result<T, E>;

/// What lies below an error.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Something else than success. Whatever it is, no work was lost: every step before it is durable, and the next
/// sync goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// No invitation has been accepted on this device.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// The server cannot be reached at all: no network, wrong address, nobody listening.
    #[error("there is no way to the server")]
    NoRoute(#[source] Cause),
    /// The connection was there and broke off.
    #[error("the connection broke off")]
    LinkCut(#[source] Cause),
    /// The connection was there and nothing moved on it any more.
    #[error("the connection fell silent")]
    Silence,
    /// What answered is certified by somebody else than the province.
    #[error("the server is not certified by the province")]
    UntrustedServer(#[source] reqwest::Error),
    /// A login page or another stranger answered in the server's place.
    #[error("something on the way answered in the server's place")]
    CaptivePortal,
    /// The server, or what stands in front of it, says that it cannot serve now.
    #[error("the server is not serving now (status {status})")]
    ServerUnavailable {
        /// The HTTP status.
        status: u16,
        /// For how long it asks to be left alone (`Retry-After`, RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// The server refused the request for a reason it named.
    #[error("the server refused: {code:?} (reference {reference})")]
    Refused {
        /// The reason.
        code: FailureCode,
        /// Finds the request in the server's log.
        reference: String,
    },
    /// The answer came from the server and cannot be understood.
    #[error("the server's answer cannot be read")]
    UnreadableAnswer(#[source] Cause),
    /// The server speaks a later protocol than this program.
    #[error("the server speaks protocol {server}, this program {ours}")]
    NewerProtocol {
        /// Theirs.
        server: u16,
        /// Ours.
        ours: u16,
    },
    /// A receipt does not carry the province's signature, or not for a segment of ours.
    #[error("a receipt is not the province's")]
    ForgedReceipt,
    /// The registry received does not continue the one held.
    #[error("the registry received is not the province's")]
    ForgedRegistry(#[source] RegistryError),
    /// The certificate authority of the answer is not the invitation's.
    #[error("the certificate authority is not the invitation's")]
    OtherAuthority,
    /// The registry received does not name this person and device.
    #[error("the registry does not name this device")]
    NotRegistered,
    /// The server's address is not an `https` one.
    #[error("the server's address is not one to connect to securely")]
    UnusableAddress,
    /// The province's certificate is unusable.
    #[error(transparent)]
    UnusableAuthority(#[from] UnusableAuthority),
    /// Whoever answered does not know the invitation's code.
    #[error("the other side does not know the code")]
    WrongCode,
    /// The bytes of an attachment are not those its hash promises.
    #[error("the attachment arrived damaged")]
    DamagedAttachment,
    /// The store could not do its part.
    #[error("the store could not take part in the sync")]
    Store(#[from] StoreError),
}

/// The codes the app branches on.
///
/// **Only add one if a consumer, like the screen, says or does something else on it.**
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncErrorCode {
    /// An invitation is needed first.
    NotEnrolled,
    /// No network, or nobody there.
    NoRoute,
    /// The connection broke off or fell silent; what was confirmed stays confirmed.
    LinkCut,
    /// Not the province's server.
    UntrustedServer,
    /// A login page has to be dealt with first.
    CaptivePortal,
    /// The server is being restarted, or is overloaded.
    ServerUnavailable,
    /// The device was revoked; its work stays readable here.
    Revoked,
    /// The province does not know the device.
    UnknownDevice,
    /// No such invitation.
    InvitationUnknown,
    /// The invitation is over.
    InvitationExpired,
    /// Another device used the invitation.
    InvitationUsed,
    /// The code is not the invitation's, or who answered is not the province.
    WrongCode,
    /// The code was tried too often; it may be tried again later.
    TooManyTries,
    /// The person or device belongs to another registration.
    AlreadyRegistered,
    /// This program is too old for the server.
    NewerProtocol,
    /// The server's disk is full.
    ServerFull,
    /// The server answered with something that is not its own or not right; its operator has to look.
    WrongAnswer,
    /// This device's own store failed.
    Store,
}

impl SyncError {
    /// The code the app branches on.
    pub fn code(&self) -> SyncErrorCode {
        match self {
            SyncError::NotEnrolled => SyncErrorCode::NotEnrolled,
            SyncError::NoRoute(_) => SyncErrorCode::NoRoute,
            SyncError::LinkCut(_) | SyncError::Silence => SyncErrorCode::LinkCut,
            SyncError::UntrustedServer(_) => SyncErrorCode::UntrustedServer,
            SyncError::CaptivePortal => SyncErrorCode::CaptivePortal,
            SyncError::ServerUnavailable { .. } => SyncErrorCode::ServerUnavailable,
            SyncError::NewerProtocol { .. } => SyncErrorCode::NewerProtocol,
            SyncError::Refused { code, .. } => match code {
                FailureCode::RevokedDevice => SyncErrorCode::Revoked,
                FailureCode::UnknownDevice => SyncErrorCode::UnknownDevice,
                FailureCode::UnknownInvitation => SyncErrorCode::InvitationUnknown,
                FailureCode::ExpiredInvitation => SyncErrorCode::InvitationExpired,
                FailureCode::UsedInvitation => SyncErrorCode::InvitationUsed,
                FailureCode::TooManyTries => SyncErrorCode::TooManyTries,
                FailureCode::PersonTaken | FailureCode::DeviceTaken => SyncErrorCode::AlreadyRegistered,
                FailureCode::UnsupportedProtocol => SyncErrorCode::NewerProtocol,
                FailureCode::StorageFull => SyncErrorCode::ServerFull,
                FailureCode::Internal | FailureCode::TooManyRequests | FailureCode::Busy => {
                    SyncErrorCode::ServerUnavailable
                }
                FailureCode::MalformedBody
                | FailureCode::TooLarge
                | FailureCode::BadCertificateRequest
                | FailureCode::BadSignature
                | FailureCode::StaleRequest
                | FailureCode::ReplayedRequest
                | FailureCode::NotFound
                | FailureCode::OffsetMismatch
                | FailureCode::ChecksumMismatch
                | FailureCode::TooManyUploads
                | FailureCode::Unknown => SyncErrorCode::WrongAnswer,
            },
            SyncError::WrongCode => SyncErrorCode::WrongCode,
            SyncError::UnreadableAnswer(_)
            | SyncError::ForgedReceipt
            | SyncError::ForgedRegistry(_)
            | SyncError::OtherAuthority
            | SyncError::NotRegistered
            | SyncError::UnusableAddress
            | SyncError::UnusableAuthority(_)
            | SyncError::DamagedAttachment => SyncErrorCode::WrongAnswer,
            SyncError::Store(StoreError::Registry(_)) => SyncErrorCode::WrongAnswer,
            SyncError::Store(_) => SyncErrorCode::Store,
        }
    }

    /// Whether it was the way to the server that failed: whatever had arrived there or here by then is still good.
    pub(crate) fn is_of_the_link(&self) -> bool {
        matches!(
            self,
            SyncError::NoRoute(_)
                | SyncError::LinkCut(_)
                | SyncError::Silence
                | SyncError::UntrustedServer(_)
                | SyncError::CaptivePortal
                | SyncError::ServerUnavailable { .. }
        )
    }

    /// Whether the same attempt, later, may go through without anybody doing anything on this device.
    pub fn may_pass(&self) -> bool {
        match self.code() {
            SyncErrorCode::NoRoute
            | SyncErrorCode::LinkCut
            | SyncErrorCode::CaptivePortal
            | SyncErrorCode::UntrustedServer
            | SyncErrorCode::ServerUnavailable
            | SyncErrorCode::ServerFull
            | SyncErrorCode::UnknownDevice
            | SyncErrorCode::WrongAnswer => true,
            SyncErrorCode::NotEnrolled
            | SyncErrorCode::Revoked
            | SyncErrorCode::InvitationUnknown
            | SyncErrorCode::InvitationExpired
            | SyncErrorCode::InvitationUsed
            | SyncErrorCode::WrongCode
            | SyncErrorCode::TooManyTries
            | SyncErrorCode::AlreadyRegistered
            | SyncErrorCode::NewerProtocol
            | SyncErrorCode::Store => false,
        }
    }
}
