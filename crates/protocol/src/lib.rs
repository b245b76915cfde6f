//! What client and server say to each other: CBOR bodies, signed entries and receipts, signed requests.
//!
//! Pure, like the log itself: time, nonces and keys are passed in. Nothing here opens a connection.

pub mod attachment;
pub mod bundle;
pub mod cbor;
pub mod consignment;
pub mod enrolment;
pub mod failure;
pub mod framing;
pub mod http_signature;
pub mod info;
pub mod invitation;
pub mod keys;
pub mod nearby;
pub mod parcel;
pub mod proof;
pub mod receipt;
pub mod registry;
pub mod repair;
pub mod short_code;
pub mod snapshot;
pub mod sync;
mod wire;

pub use bundle::{AttachmentPiece, Bundle, BundleError, Standing, Stretch};
pub use consignment::{Consignment, ConsignmentError, Sender, Waybill};
pub use enrolment::{EnrolRequest, EnrolResponse, PersonClaim};
pub use failure::{Failure, FailureCode};
pub use info::ServerInfo;
pub use invitation::{Invitation, InvitationToken};
pub use keys::{BundleKey, RecoveryKey, RegistryKey, SignatureBytes};
pub use nearby::{NearbyMessage, NearbyRefusal, Opening, Purpose};
pub use parcel::{NumberedParcel, Numbers, Parcel};
pub use proof::{ProofReport, ProofSegment, RecordProof};
pub use receipt::Receipt;
pub use registry::{Action, Grant, KeyChange, KeyLineage, LaneCutOff, Registry, RegistryEntry, Role, SignedEntry};
pub use repair::{RepairRequest, RepairResponse};
pub use short_code::{CodeExchange, CodeRequest, CodeResponse, ShortCode};
pub use snapshot::{SnapshotNote, SnapshotOffer};
pub use sync::{Notice, NoticeCode, ScopeCursor, ScopeDigest, ScopeSegment, SyncRequest, SyncResponse};

/// The version of the bodies in this crate; the path prefix `/v1` changes only when an old client can no longer be served.
pub const PROTOCOL_VERSION: u16 = 1;

/// The oldest version a server of this version still serves.
pub const OLDEST_PROTOCOL: u16 = 1;

/// The header by which every request and every answer names its [`PROTOCOL_VERSION`]. An answer without it was given
/// by somebody else: a login page, a proxy. A request without it is of version 1.
pub const PROTOCOL_HEADER: &str = "arumbae-protocol";

/// The media type of every body except attachments.
pub const CBOR_MEDIA_TYPE: &str = "application/cbor";

/// The server's paths, shared so that a client never spells one differently.
pub mod paths {
    /// `GET`: what server this is; needs no signature.
    pub const INFO: &str = "/v1/info";
    /// `GET`, `POST`: the public page that checks documents; `?d=` and a record's id is what their QR codes lead to.
    pub const VERIFICATION: &str = "/verifikasi";
    /// `POST`: redeems an invitation; proven by the token and the device key inside the body.
    pub const ENROL: &str = "/v1/enrol";
    /// `POST`: gives an invitation to who knows its short code; needs no signature.
    pub const ENROL_CODE: &str = "/v1/enrol/code";
    /// `POST`: push and pull in one round trip. `GET /{sha-256 of the request}` after a cut: the rest of the answer, or
    /// how much of the request arrived; `PATCH` there sends the rest of it. Signed.
    pub const SYNC: &str = "/v1/sync";
    /// `POST` opens a tus upload, `GET /{blake3}` downloads, `HEAD` asks whether it is there,
    /// `HEAD`/`PATCH`/`DELETE /uploads/{id}` continue an upload; signed, or with an upload token.
    pub const ATTACHMENTS: &str = "/v1/attachments";
    /// `POST`: an [upload token](crate::attachment::UploadTokenGrant) for clients that cannot sign; signed.
    pub const UPLOAD_TOKEN: &str = "/v1/attachments/token";
    /// `GET /{hash}`: a snapshot, in ranges; signed.
    pub const SNAPSHOTS: &str = "/v1/snapshots";
    /// `POST`: brings back entries of the registry that the server lost; each carries the province's signature.
    pub const REGISTRY: &str = "/v1/registry";
    /// `POST`: finds where two sides' segments of a scope differ; signed.
    pub const REPAIR: &str = "/v1/repair";
    /// `POST`: a time stamp (RFC 3161 3.4); needs no signature.
    pub const TIME_STAMP: &str = "/tsa";
    /// `GET /{authority}.crl`: what an authority has revoked (RFC 5280), DER; needs no signature.
    pub const REVOCATION_LISTS: &str = "/crl";
    /// `GET /{authority}.cer`: an authority's certificate, DER; needs no signature.
    pub const AUTHORITIES: &str = "/ca";
}
