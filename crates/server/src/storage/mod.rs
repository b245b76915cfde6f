//! Where the province's signed logs are kept: one trait of use cases, and its backends.
//!
//! The trait speaks of what the server does, not of tables. Whatever a method says it stores is durable when it
//! returns, and either all of it is stored or nothing.

pub mod sqlite;

use std::collections::BTreeSet;
use std::future::Future;

use arumbae_domain::Scope;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_mergelog::{DeviceKey, Lane, LaneId, SnapshotHash};
use arumbae_protocol::repair::{NumberRange, RangeAnswer};
use arumbae_protocol::{LaneCutOff, NoticeCode, Role, ScopeCursor, ScopeSegment, SignedEntry, SnapshotNote};
use uuid::Uuid;

pub use sqlite::SqliteStorage;

/// Why storage could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Another writer appended to the registry since it was last read: read on, judge again, retry.
    #[error("the registry has moved on")]
    RegistryMoved,
    /// The schema is of a later version of this program.
    #[error("the database was written by a newer version")]
    NewerSchema,
    /// The file is a database of another program.
    #[error("the file is not a database of this program")]
    ForeignFile,
    /// No room is left.
    #[error("no room is left for the database")]
    Full,
    /// What is stored cannot be read back as it was written.
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
    /// The backend failed.
    #[error("the database failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// An open invitation, known by its token's fingerprint alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredInvitation {
    /// [`InvitationToken::fingerprint`](arumbae_protocol::InvitationToken::fingerprint).
    pub fingerprint: [u8; 32],
    /// The role it grants.
    pub role: Role,
    /// The scope it grants it in.
    pub scope: Scope,
    /// Whom it is for, when it is a known person's further device.
    pub person: Option<Uuid>,
    /// Until when it can be redeemed, milliseconds since 1970 UTC.
    pub expires_ms: u64,
    /// The device that redeemed it.
    pub redeemed_by: Option<DeviceKey>,
}

/// A pushed segment, judged as far as that is possible without the lane.
#[derive(Clone, Debug)]
pub enum PushedSegment {
    /// Intact, signed and permitted; only its place in the lane is still to be judged.
    Permitted {
        /// The segment.
        segment: SealedSegment,
        /// As it was sent and will be sent on.
        compressed: Vec<u8>,
        /// When the province first had it, by a receipt of its own that it has lost; milliseconds since 1970 UTC.
        first_received_ms: Option<u64>,
    },
    /// Kept apart.
    Refused {
        /// As much as could be read.
        segment: Option<SealedSegment>,
        /// As it was sent.
        compressed: Vec<u8>,
        /// Why.
        code: NoticeCode,
    },
}

/// What became of a pushed segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// Stored now or before.
    Stored(StoredSegment),
    /// Not part of the log. All but a [`NoticeCode::Gap`] are kept in the quarantine.
    Refused {
        /// Whose, unless not even that could be read.
        lane: Option<Lane>,
        /// The number of its first save, or 0.
        first_seq: u64,
        /// Its hash, or zeros.
        hash: SegmentHash,
        /// Why.
        code: NoticeCode,
    },
}

/// Where a segment is in the log; all a receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSegment {
    /// Whose.
    pub lane: Lane,
    /// The number of its first save.
    pub first_seq: u64,
    /// How many saves it holds.
    pub count: u32,
    /// Its hash.
    pub hash: SegmentHash,
    /// Its gap-free number in the scope.
    pub gsn: u64,
    /// When it was first received, milliseconds since 1970 UTC.
    pub received_ms: u64,
}

/// How far a scope reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeHead {
    /// Which scope.
    pub scope: Scope,
    /// The number of its last segment.
    pub gsn: u64,
}

/// A stretch of the log for one reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// By scope, in the order of their numbers.
    pub segments: Vec<ScopeSegment>,
    /// How far the reader is once it has applied them.
    pub cursors: Vec<ScopeCursor>,
    /// Whether the credit ended before the log did.
    pub more: bool,
}

/// A segment with what the server knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedSegment {
    /// Its gap-free number in the scope.
    pub gsn: u64,
    /// When it was first received, milliseconds since 1970 UTC.
    pub received_ms: u64,
    /// The compressed segment.
    pub bytes: Vec<u8>,
}

/// A snapshot without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSnapshot {
    /// What the server signed of it.
    pub note: SnapshotNote,
    /// How many bytes it has as it is sent.
    pub byte_length: u64,
}

/// What a scope has grown by since it was last added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeGrowth {
    /// The last snapshot.
    pub newest: Option<StoredSnapshot>,
    /// Segments since.
    pub segments: u64,
    /// Their compressed bytes.
    pub bytes: u64,
}

/// The newest snapshot of a scope, as one reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewestSnapshot {
    /// The snapshot.
    pub snapshot: StoredSnapshot,
    /// The bytes of segments it would spare the reader.
    pub spared_bytes: u64,
}

/// A snapshot to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSnapshot {
    /// What the server signed of it.
    pub note: SnapshotNote,
    /// The names of its parts in the order they are sent: the head by the snapshot's own hash, then the pages.
    pub parts: Vec<[u8; 32]>,
    /// The parts that are not kept yet, packed as they are sent.
    pub fresh: Vec<([u8; 32], Vec<u8>)>,
}

/// What a parcel could best be packed against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseWanted {
    /// Only segments with these numbers.
    pub range: NumberRange,
    /// Those that hold these saves,
    pub holding: BTreeSet<(LaneId, u64)>,
    /// and the latest ones, up to so many bytes of them.
    pub latest_bytes: u64,
}

/// A segment to pack against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseSegment {
    /// Its number.
    pub gsn: u64,
    /// As the log keeps it.
    pub bytes: Vec<u8>,
}

/// The server's storage.
pub trait Storage: Send + Sync + 'static {
    /// The registry entries after `seq`, in order.
    fn registry_after(&self, seq: u64) -> impl Future<Output = Result<Vec<SignedEntry>, StorageError>> + Send;

    /// Appends entries, which must continue the registry; otherwise [`StorageError::RegistryMoved`].
    fn append_registry(&self, entries: Vec<SignedEntry>) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Keeps an invitation until it is redeemed.
    fn add_invitation(&self, invitation: StoredInvitation) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// The invitation with this token fingerprint.
    fn find_invitation(
        &self,
        fingerprint: [u8; 32],
    ) -> impl Future<Output = Result<Option<StoredInvitation>, StorageError>> + Send;

    /// Uses an invitation up for a device and appends the entries that follow from it, in one step.
    ///
    /// `false`, and nothing is appended, when another device was quicker.
    fn redeem_invitation(
        &self,
        fingerprint: [u8; 32],
        device: DeviceKey,
        entries: Vec<SignedEntry>,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;

    /// Takes pushed segments into the log or the quarantine, in order and in one step.
    ///
    /// Rights were judged by the registry up to `registry_seq`; [`StorageError::RegistryMoved`] if it has grown
    /// since, so that nothing is accepted after a revocation.
    fn receive_segments(
        &self,
        pushed: Vec<PushedSegment>,
        registry_seq: u64,
        received_ms: u64,
    ) -> impl Future<Output = Result<Vec<PushOutcome>, StorageError>> + Send;

    /// Every scope that has a segment.
    fn scope_heads(&self) -> impl Future<Output = Result<Vec<ScopeHead>, StorageError>> + Send;

    /// The set digest of a scope's segments up to `gsn`; `None` when the scope does not reach so far.
    fn digest_at(&self, cursor: ScopeCursor) -> impl Future<Output = Result<Option<Digest>, StorageError>> + Send;

    /// The segments after the cursors, without those of the reader's own device and incarnation, until their bytes
    /// reach `credit_bytes`; at least one, if there is one.
    fn segments_after(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
        credit_bytes: u64,
    ) -> impl Future<Output = Result<Pulled, StorageError>> + Send;

    /// The segments of a scope after a number, in order, until their bytes reach `max_bytes`; at least one, if there is
    /// one.
    fn log_after(
        &self,
        cursor: ScopeCursor,
        max_bytes: u64,
    ) -> impl Future<Output = Result<Vec<LoggedSegment>, StorageError>> + Send;

    /// What the server holds in ranges of a scope's numbers, with the scope's last number.
    fn describe_ranges(
        &self,
        scope: Scope,
        ranges: Vec<NumberRange>,
    ) -> impl Future<Output = Result<(u64, Vec<RangeAnswer>), StorageError>> + Send;

    /// The segments of a scope with these numbers, in ascending order, until their bytes reach `credit_bytes`; at least
    /// one, if there is one.
    fn numbered_segments(
        &self,
        scope: Scope,
        numbers: Vec<u64>,
        credit_bytes: u64,
    ) -> impl Future<Output = Result<Vec<ScopeSegment>, StorageError>> + Send;

    /// Segments of a scope to pack against, in ascending order.
    fn base_segments(
        &self,
        scope: Scope,
        wanted: BaseWanted,
    ) -> impl Future<Output = Result<Vec<BaseSegment>, StorageError>> + Send;

    /// What a scope has grown by since its last snapshot.
    fn growth_since_snapshot(&self, scope: Scope) -> impl Future<Output = Result<ScopeGrowth, StorageError>> + Send;

    /// The newest snapshot of each scope that has one, for a reader at these cursors.
    fn newest_snapshots(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
    ) -> impl Future<Output = Result<Vec<NewestSnapshot>, StorageError>> + Send;

    /// The snapshot with this hash, if it is still kept.
    fn find_snapshot(
        &self,
        hash: SnapshotHash,
    ) -> impl Future<Output = Result<Option<StoredSnapshot>, StorageError>> + Send;

    /// Bytes of a kept snapshot as it is sent, from an offset on.
    fn snapshot_bytes(
        &self,
        hash: SnapshotHash,
        offset: u64,
        length: u64,
    ) -> impl Future<Output = Result<Vec<u8>, StorageError>> + Send;

    /// A head or a page of a kept snapshot, packed as it is sent.
    fn snapshot_part(&self, hash: [u8; 32]) -> impl Future<Output = Result<Option<Vec<u8>>, StorageError>> + Send;

    /// Keeps a snapshot, and of its scope no more than are needed.
    fn keep_snapshot(&self, snapshot: NewSnapshot) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// The last stored save of each of a device's lanes.
    fn lane_heads_of(&self, device: DeviceKey) -> impl Future<Output = Result<Vec<LaneCutOff>, StorageError>> + Send;

    /// Keeps the address under which devices reach the server.
    fn set_address(&self, url: String) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// The address of the last start.
    fn address(&self) -> impl Future<Output = Result<Option<String>, StorageError>> + Send;
}
