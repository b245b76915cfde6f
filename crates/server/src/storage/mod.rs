//! Where the province's signed logs are kept: one trait of use cases, and its backends.
//!
//! The trait speaks of what the server does, not of tables. Whatever a method says it stores is durable when it
//! returns, and either all of it is stored or nothing.

mod database_url;
pub mod postgres;
pub mod sqlite;

use std::collections::BTreeSet;
use std::path::Path;

use arumbae_domain::schema::RecordId;
use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_mergelog::{DeviceKey, Lane, LaneId, SnapshotHash};
use arumbae_protocol::http_signature::SignedBy;
use arumbae_protocol::repair::{NumberRange, RangeAnswer};
use arumbae_protocol::{LaneCutOff, NoticeCode, Role, ScopeCursor, ScopeSegment, SignedEntry, SnapshotNote};
use async_trait::async_trait;
use uuid::Uuid;

pub use database_url::DatabaseUrl;
pub use postgres::PostgresStorage;
pub use sqlite::SqliteStorage;

/// How many snapshots of a scope are kept.
const KEPT_SNAPSHOTS: u32 = 2;

/// The name of the database file in the data folder.
const FILE: &str = "arumbae.db";

/// Opens the database that was named, or else the file in the data folder. The one place that knows which it is.
pub(crate) async fn open(data_dir: &Path, database: Option<&DatabaseUrl>) -> Result<Box<dyn Storage>, StorageError> {
    match database {
        None => Ok(Box::new(SqliteStorage::open(&data_dir.join(FILE))?)),
        Some(url) => Ok(Box::new(PostgresStorage::open(url).await?)),
    }
}

/// Whether the data folder has a database file.
pub(crate) fn file_exists(data_dir: &Path) -> bool {
    data_dir.join(FILE).exists()
}

/// Why storage could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Another writer appended to the registry since it was last read: read on, judge again, retry.
    #[error("the registry has moved on")]
    RegistryMoved,
    /// The province was restored from a backup, and its registry may be older than what devices hold of it.
    #[error("the province was restored and is not settled yet")]
    Unsettled,
    /// The schema is of a later version of this program.
    #[error("the database was written by a newer version")]
    NewerSchema,
    /// The file is a database of another program.
    #[error("the file is not a database of this program")]
    ForeignFile,
    /// The database has the tables of another program.
    #[error("the database belongs to another program")]
    ForeignDatabase,
    /// The address of the database cannot be read.
    #[error("the address of the database cannot be read")]
    MalformedUrl,
    /// The database does not answer, or no longer.
    #[error("the database does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database does not know the user or the password.
    #[error("the database refuses the user or the password")]
    WrongPassword,
    /// There is no such database, or no such schema in it.
    #[error("there is no such database")]
    NoSuchDatabase,
    /// The user may not write there, or nobody may: it is a standby.
    #[error("the database may not be written")]
    NotPermitted,
    /// The database is set not to write what it acknowledges to the disk.
    #[error("the database acknowledges what it has not written")]
    NotDurable,
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

/// An invitation, known by its token's fingerprint alone.
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
    /// When it was made, milliseconds since 1970 UTC.
    pub made_ms: u64,
    /// The device that redeemed it.
    pub redeemed_by: Option<DeviceKey>,
    /// When it was taken back, milliseconds since 1970 UTC.
    pub revoked_ms: Option<u64>,
    /// The short code it was also given out as.
    pub code: Option<StoredCode>,
}

/// A short code without its secret, which is derived from the salt and the province's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCode {
    /// The part that is said openly; no two invitations that can still be redeemed share it.
    pub number: u16,
    /// What the secret and the token are derived from.
    pub salt: [u8; 16],
    /// The address devices are to use.
    pub server_url: String,
    /// How often somebody tried it,
    pub tries: u32,
    /// and when last, milliseconds since 1970 UTC.
    pub tried_ms: u64,
}

/// When a device was last heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The device.
    pub device: DeviceKey,
    /// Milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// How many segments it still had to read then.
    pub unread: u64,
}

/// A lane as the server holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLane {
    /// Whose.
    pub lane: Lane,
    /// The number its next save has.
    pub next_seq: u64,
    /// The hash of its last segment.
    pub head_hash: SegmentHash,
    /// Whether it forked and takes nothing more.
    pub frozen: bool,
}

/// What was pushed and did not become part of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// BLAKE3 of `bytes`.
    pub content: [u8; 32],
    /// Why.
    pub code: NoticeCode,
    /// Milliseconds since 1970 UTC.
    pub received_ms: u64,
    /// As it was sent.
    pub bytes: Vec<u8>,
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

impl PushOutcome {
    fn refused(segment: Option<&SealedSegment>, code: NoticeCode) -> Self {
        PushOutcome::Refused {
            lane: segment.map(|segment| segment.header().lane.clone()),
            first_seq: segment.map_or(0, |segment| segment.header().first_seq),
            hash: segment.map_or(SegmentHash([0; 32]), SealedSegment::hash),
            code,
        }
    }
}

/// A refusal's name in the quarantine.
fn notice_code_name(code: NoticeCode) -> &'static str {
    match code {
        NoticeCode::Unreadable => "unreadable",
        NoticeCode::NewerFormat => "newer_format",
        NoticeCode::Fork => "fork",
        NoticeCode::Gap => "gap",
        NoticeCode::NotPermitted => "not_permitted",
        NoticeCode::Revoked => "revoked",
        NoticeCode::Unknown => "unknown",
    }
}

/// The refusal with a name in the quarantine.
fn notice_code_named(name: &str) -> NoticeCode {
    let codes = [
        NoticeCode::Unreadable,
        NoticeCode::NewerFormat,
        NoticeCode::Fork,
        NoticeCode::Gap,
        NoticeCode::NotPermitted,
        NoticeCode::Revoked,
    ];
    codes.into_iter().find(|code| notice_code_name(*code) == name).unwrap_or(NoticeCode::Unknown)
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
    /// The number of its first save, as the storage tells it,
    pub first_seq: u64,
    /// how many saves it holds,
    pub count: u32,
    /// and its hash: what its receipt says.
    pub hash: SegmentHash,
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

/// Work that only one process at a time may do on a storage that several share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SoleWork {
    /// Founding the province.
    Founding,
    /// Making a scope's snapshot.
    Snapshot(Scope),
}

/// Whether a signed request may count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is the first of its device with its nonce.
    First,
    /// It has counted before, at this server or another one.
    Again,
    /// It was made before the storage began to remember requests: it may have counted.
    Forgotten,
}

/// A record that is an issued document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// The record.
    pub record: RecordId,
    /// The scope whose log made it.
    pub scope: Scope,
    /// Who made it.
    pub author: Uuid,
    /// When the province had it first, milliseconds since 1970 UTC.
    pub received_ms: u64,
    /// What its operations add up to, as [`RecordState::encode`](arumbae_mergelog::RecordState::encode) gives it.
    pub state: Vec<u8>,
}

/// A file that a document has or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocumentFile {
    /// Of its bytes.
    pub sha256: [u8; 32],
    /// The document.
    pub record: RecordId,
    /// When the province had the save that names it, milliseconds since 1970 UTC.
    pub received_ms: u64,
}

/// What a stretch of a scope's log says of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentsRead {
    /// Up to where the scope had been read.
    pub from: ScopeCursor,
    /// Up to where it is read now.
    pub up_to: u64,
    /// Documents made or changed.
    pub documents: Vec<StoredDocument>,
    /// Files named.
    pub files: Vec<StoredDocumentFile>,
}

/// The server's storage.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// The registry entries after `seq`, in order.
    async fn registry_after(&self, seq: u64) -> Result<Vec<SignedEntry>, StorageError>;

    /// Appends entries, which must continue the registry; otherwise [`StorageError::RegistryMoved`].
    async fn append_registry(&self, entries: Vec<SignedEntry>) -> Result<(), StorageError>;

    /// Keeps an invitation until it is redeemed and appends the entries that follow from it, in one step.
    ///
    /// `false`, and nothing is kept, when an invitation that can still be redeemed has a code of the same number.
    async fn add_invitation(
        &self,
        invitation: StoredInvitation,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError>;

    /// Every invitation, in the order they were made.
    async fn invitations(&self) -> Result<Vec<StoredInvitation>, StorageError>;

    /// Takes an open invitation back and appends the entries that follow from it, in one step.
    ///
    /// `false`, and nothing is appended, when it was redeemed or taken back before.
    async fn revoke_invitation(
        &self,
        fingerprint: [u8; 32],
        at_ms: u64,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError>;

    /// The invitation whose code has this number, unless it is over at `now_ms`; also a redeemed one, because who
    /// redeemed it may ask again.
    async fn find_code(&self, number: u16, now_ms: u64) -> Result<Option<StoredInvitation>, StorageError>;

    /// Counts a try of an invitation's code. `false`, and it is not counted, when there were not just `tries` before.
    async fn count_try(&self, fingerprint: [u8; 32], tries: u32, now_ms: u64) -> Result<bool, StorageError>;

    /// The invitation with this token fingerprint.
    async fn find_invitation(&self, fingerprint: [u8; 32]) -> Result<Option<StoredInvitation>, StorageError>;

    /// Uses an invitation up for a device and appends the entries that follow from it, in one step.
    ///
    /// `false`, and nothing is appended, when another device was quicker or it was taken back.
    async fn redeem_invitation(
        &self,
        fingerprint: [u8; 32],
        device: DeviceKey,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError>;

    /// Takes pushed segments into the log or the quarantine, in order and in one step.
    ///
    /// Rights were judged by the registry up to `registry_seq`; [`StorageError::RegistryMoved`] if it has grown
    /// since, so that nothing is accepted after a revocation.
    async fn receive_segments(
        &self,
        pushed: Vec<PushedSegment>,
        registry_seq: u64,
        received_ms: u64,
    ) -> Result<Vec<PushOutcome>, StorageError>;

    /// Every scope that has a segment, in the order of their names.
    async fn scope_heads(&self) -> Result<Vec<ScopeHead>, StorageError>;

    /// The same for the scopes of some regions and of all regions inside them. No region may lie in another one.
    async fn scope_heads_in(&self, regions: Vec<RegionCode>) -> Result<Vec<ScopeHead>, StorageError>;

    /// The set digests of scopes' segments up to the cursors, in their order; `None` where the scope does not reach
    /// so far.
    async fn digests_at(&self, cursors: Vec<ScopeCursor>) -> Result<Vec<Option<Digest>>, StorageError>;

    /// The segments after the cursors, without those of the reader's own device and incarnation, until their bytes
    /// reach `credit_bytes`; at least one, if there is one.
    async fn segments_after(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
        credit_bytes: u64,
    ) -> Result<Pulled, StorageError>;

    /// The segments of a scope after a number, in order, until their bytes reach `max_bytes`; at least one, if there is
    /// one.
    async fn log_after(&self, cursor: ScopeCursor, max_bytes: u64) -> Result<Vec<LoggedSegment>, StorageError>;

    /// What the server holds in ranges of a scope's numbers, with the scope's last number.
    async fn describe_ranges(
        &self,
        scope: Scope,
        ranges: Vec<NumberRange>,
    ) -> Result<(u64, Vec<RangeAnswer>), StorageError>;

    /// The segments of a scope with these numbers, in ascending order, until their bytes reach `credit_bytes`; at least
    /// one, if there is one.
    async fn numbered_segments(
        &self,
        scope: Scope,
        numbers: Vec<u64>,
        credit_bytes: u64,
    ) -> Result<Vec<ScopeSegment>, StorageError>;

    /// Segments of a scope to pack against, in ascending order.
    async fn base_segments(&self, scope: Scope, wanted: BaseWanted) -> Result<Vec<BaseSegment>, StorageError>;

    /// What a scope has grown by since its last snapshot.
    async fn growth_since_snapshot(&self, scope: Scope) -> Result<ScopeGrowth, StorageError>;

    /// The newest snapshot of each scope that has one, for a reader at these cursors.
    async fn newest_snapshots(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
    ) -> Result<Vec<NewestSnapshot>, StorageError>;

    /// The snapshot with this hash, if it is still kept.
    async fn find_snapshot(&self, hash: SnapshotHash) -> Result<Option<StoredSnapshot>, StorageError>;

    /// Bytes of a kept snapshot as it is sent, from an offset on.
    async fn snapshot_bytes(&self, hash: SnapshotHash, offset: u64, length: u64) -> Result<Vec<u8>, StorageError>;

    /// A head or a page of a kept snapshot, packed as it is sent.
    async fn snapshot_part(&self, hash: [u8; 32]) -> Result<Option<Vec<u8>>, StorageError>;

    /// Keeps a snapshot, and of its scope no more than are needed.
    async fn keep_snapshot(&self, snapshot: NewSnapshot) -> Result<(), StorageError>;

    /// Waits until nobody else does this work, and keeps everybody from it until what is returned is dropped.
    async fn begin_sole_work(&self, work: SoleWork) -> Result<Box<dyn Send>, StorageError>;

    /// Begins to remember which requests counted, unless it has begun already; `now` in seconds since 1970 UTC.
    ///
    /// What is remembered need not survive the storage: then it begins anew, and says so by [`Admission::Forgotten`].
    async fn remember_requests(&self, now: u64) -> Result<(), StorageError>;

    /// Lets a request count once. Its time must be within the window around `now`, seconds since 1970 UTC: what is
    /// older is no longer remembered.
    ///
    /// Ask only for registered devices: what strangers send must not fill the memory.
    async fn admit_request(&self, request: SignedBy, now: u64) -> Result<Admission, StorageError>;

    /// The scopes whose log reaches further than it was read for documents, each with the numbers that were not. It is
    /// asked after every exchange: what it gives grows with what came, not with how many scopes there are.
    async fn unread_for_documents(&self) -> Result<Vec<(Scope, NumberRange)>, StorageError>;

    /// Those of the records that are known to be documents.
    async fn find_documents(&self, records: Vec<RecordId>) -> Result<Vec<StoredDocument>, StorageError>;

    /// Where a file with this SHA-256 was first named.
    async fn find_document_file(&self, sha256: [u8; 32]) -> Result<Option<StoredDocumentFile>, StorageError>;

    /// Keeps what was read, in one step; nothing, if somebody else has read on meanwhile.
    async fn keep_documents(&self, read: DocumentsRead) -> Result<(), StorageError>;

    /// Notes that a device was heard of.
    async fn note_contact(&self, contact: Contact) -> Result<(), StorageError>;

    /// When each device was last heard of, those that ever were.
    async fn contacts(&self) -> Result<Vec<Contact>, StorageError>;

    /// Every lane.
    async fn lanes(&self) -> Result<Vec<StoredLane>, StorageError>;

    /// Takes nothing more into a lane.
    async fn freeze_lane(&self, lane: LaneId) -> Result<(), StorageError>;

    /// Notes when the province was restored from a backup, until it is settled; milliseconds since 1970 UTC.
    async fn set_restored(&self, at_ms: Option<u64>) -> Result<(), StorageError>;

    /// When the province was restored, if it is not settled since.
    async fn restored(&self) -> Result<Option<u64>, StorageError>;

    /// What is in the quarantine after `content`, in the order of its contents, until the bytes reach `max_bytes`; at
    /// least one, if there is one.
    async fn quarantine_after(
        &self,
        content: Option<[u8; 32]>,
        max_bytes: u64,
    ) -> Result<Vec<Quarantined>, StorageError>;

    /// The last stored save of each of a device's lanes.
    async fn lane_heads_of(&self, device: DeviceKey) -> Result<Vec<LaneCutOff>, StorageError>;

    /// Keeps the address under which devices reach the server.
    async fn set_address(&self, url: String) -> Result<(), StorageError>;

    /// The address of the last start.
    async fn address(&self) -> Result<Option<String>, StorageError>;
}
