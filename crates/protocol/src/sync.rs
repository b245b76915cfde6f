//! The one request that pushes and pulls.

use arumbae_domain::Scope;
use arumbae_mergelog::Lane;
use arumbae_mergelog::segment::SegmentHash;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::cbor;
use crate::parcel::{NumberedParcel, Parcel};
use crate::receipt::Receipt;
use crate::registry::SignedEntry;
use crate::snapshot::SnapshotOffer;
use crate::wire;

/// The largest body of `POST /v1/sync`, in bytes.
pub const MAX_SYNC_BODY: usize = 16 * 1024 * 1024;

/// The header that says up to which byte the server holds a request: in the answer to `GET /v1/sync/{digest}` while
/// there is no answer to give, and in the `PATCH` that sends the rest.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// The largest segment once decompressed, in bytes.
pub const MAX_SEGMENT: usize = arumbae_mergelog::limits::SEGMENT_BYTES;

/// The most segments one request may push.
pub const MAX_SEGMENTS: usize = 4096;

/// The body of `POST /v1/sync`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncRequest {
    /// The device's present incarnation. Its own segments of this incarnation are not sent back; those of earlier
    /// ones are, which is how a restored device gets back what it had already sent.
    pub incarnation: u64,
    /// How far the device has read each scope; a readable scope it does not name is read from the start.
    pub cursors: Vec<ScopeCursor>,
    /// The last registry entry the device holds, 0 for none.
    pub registry_seq: u64,
    /// The set hash of what the device holds up to its cursor, per scope; may be left out.
    pub digests: Vec<ScopeDigest>,
    /// How many bytes of segments the device wants in the answer; at least one segment always comes.
    pub credit_bytes: u64,
    /// Receipts the device already has for segments it brings again: a server restored from an old backup has lost
    /// them, and learns from its own word when it first had them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// Whether the device takes snapshots in place of segments.
    #[serde(default)]
    pub takes_snapshots: bool,
    /// The newest snapshot the device knows of each scope.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<ScopeCursor>,
    /// Segments without a receipt, oldest first within a lane, each as [`compress`](arumbae_mergelog::compression)
    /// made it. They need not be the sender's own: whoever signed them answers for them, any courier may bring them.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub segments: Vec<ByteBuf>,
    /// More of them, packed together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<Parcel>,
    /// Whether the device takes parcels in place of segments.
    #[serde(default)]
    pub takes_parcels: bool,
    /// The number after which the device holds every segment of a scope up to its cursor: what a parcel may be packed
    /// against. Of a scope not named it holds nothing for certain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_after: Vec<ScopeCursor>,
}

/// How far a scope was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopeCursor {
    /// Which scope.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// The last gap-free number read; 0 before the first.
    pub gsn: u64,
}

/// What a device holds of a scope, as one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopeDigest {
    /// Which scope.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// The additive set hash over every segment with a number up to the scope's cursor, own ones included.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub digest: [u8; 32],
}

/// The answer to a [`SyncRequest`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncResponse {
    /// One for each pushed segment that is now stored, in the order pushed. They stand first, so that they count even
    /// when the rest of the answer is cut off.
    pub receipts: Vec<Receipt>,
    /// One for each pushed segment that was not accepted; the others went on.
    pub quarantine: Vec<Notice>,
    /// The registry entries after `registry_seq`, in order.
    pub registry: Vec<SignedEntry>,
    /// The last entry the server holds, if the device holds later ones: it was restored from a backup, and the device
    /// [brings them back](crate::paths::REGISTRY).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry_reach: Option<u64>,
    /// Segments the device had not read, by scope, in the order of their numbers.
    pub segments: Vec<ScopeSegment>,
    /// The same, packed together, if the device takes parcels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<NumberedParcel>,
    /// Whether a parcel that was pushed could not be unpacked, and nothing of it was taken: what was in it is to be
    /// sent as segments.
    #[serde(default)]
    pub unpack_failed: bool,
    /// How far the device has read each scope once it has applied `segments`.
    pub cursors: Vec<ScopeCursor>,
    /// Scopes whose digest differs from the server's: to be [repaired](crate::repair).
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub diverged: Vec<Scope>,
    /// Snapshots newer than those the device knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<SnapshotOffer>,
    /// Milliseconds since 1970 UTC.
    pub server_time_ms: u64,
    /// Whether more segments wait than the credit allowed.
    pub more: bool,
}

impl SyncResponse {
    /// The receipts in the beginning of an answer; none if it does not reach so far.
    pub fn receipts_in(beginning: &[u8]) -> Vec<Receipt> {
        cbor::first_entry(beginning, "receipts").unwrap_or_default()
    }
}

/// A segment on its way to a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopeSegment {
    /// The scope whose numbering `gsn` belongs to.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// The segment's gap-free number in the scope.
    pub gsn: u64,
    /// When the server received it, milliseconds since 1970 UTC; caps how far ahead its clock is believed.
    pub received_ms: u64,
    /// The compressed segment.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub bytes: Vec<u8>,
}

/// Why one pushed segment was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// The segment's place among all that were pushed: those of [`SyncRequest::segments`], then those of each parcel.
    pub index: u32,
    /// Its lane; `None` when not even the header could be read.
    #[serde(with = "wire::optional_lane")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::wire::LaneOnWire>))]
    pub lane: Option<Lane>,
    /// The number of its first save; 0 when the header could not be read.
    pub first_seq: u64,
    /// Its hash; zeros when the header could not be read.
    #[serde(with = "wire::segment_hash")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub hash: SegmentHash,
    /// What was wrong with it.
    pub code: NoticeCode,
}

/// What was wrong with a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NoticeCode {
    /// Damaged, badly signed or not a segment.
    Unreadable,
    /// Written by a version this server does not read yet; kept, and judged after an upgrade.
    NewerFormat,
    /// Another segment already has this number: the lane is frozen and the device needs a new incarnation.
    Fork,
    /// An earlier segment of the lane is missing; send from it again.
    Gap,
    /// The lane's device is not registered, or no grant of its owner reaches the scope.
    NotPermitted,
    /// The device was revoked; the segment waits in a person's inbox.
    Revoked,
    /// A code of a later server.
    #[serde(other)]
    Unknown,
}
