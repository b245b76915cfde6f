//! What the store answers with: records as they are read, lists, conflicts, summaries.

use arumbae_domain::schema::{BlobHash, Document, FieldNo, RecordId, RecordKind, Value};
use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::{DeviceKey, Hlc, Lane, LaneId, OpId};
use arumbae_protocol::{EnrolRequest, Invitation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::version::Version;

/// Who works at this device, as they gave it themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The person's identifier, a UUIDv7 drawn on this device; saves name it as their actor.
    pub person_id: Uuid,
    /// Name with titles, as it is to be printed.
    pub name: String,
    /// Position in the office.
    pub position: String,
    /// The district (kecamatan) or regency they work for.
    pub district: RegionCode,
    /// NIP, NRP or empty.
    #[serde(default)]
    pub staff_number: String,
    /// Address as printed on forms, or empty.
    #[serde(default)]
    pub address: String,
}

/// What binds this installation to a province.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Where the provincial server is reached.
    pub server_url: String,
    /// The province's certificate authority, DER: pinned for TLS and trusted for signatures.
    #[serde(with = "hex::serde")]
    pub ca_der: Vec<u8>,
    /// The Ed25519 key that signs registry entries and receipts.
    #[serde(with = "hex::serde")]
    pub registry_key: [u8; 32],
    /// The X25519 key the recovery slot is sealed to, if the province has one.
    #[serde(with = "hex_option")]
    pub recovery_key: Option<[u8; 32]>,
    /// The person as the registry knows them.
    pub person_id: Uuid,
    /// When, milliseconds since 1970 UTC.
    pub enrolled_ms: u64,
}

/// A request to be enrolled that is on its way to the province by stick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentRequest {
    /// What it uses up, and what its answer is judged by.
    pub invitation: Invitation,
    /// The request as it is packed, the same each time.
    pub request: EnrolRequest,
    /// When it was made, milliseconds since 1970 UTC.
    pub asked_ms: u64,
}

/// What couriers were given for the province and have brought no receipt for ("dibawa USB").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consigned {
    /// Own saves.
    pub saves: u64,
    /// Attachments.
    pub blobs: u64,
    /// Since when the oldest of them is on its way, milliseconds since 1970 UTC.
    pub since_ms: Option<u64>,
}

mod hex_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Key(#[serde(with = "hex::serde")] [u8; 32]);

    pub fn serialize<S: Serializer>(key: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
        key.map(Key).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[u8; 32]>, D::Error> {
        Ok(Option::<Key>::deserialize(deserializer)?.map(|Key(key)| key))
    }
}

/// A document-signing certificate of a user of this installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCertificate {
    /// Whose.
    pub person_id: Uuid,
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// Its issuer's certificate, DER.
    pub issuer_der: Vec<u8>,
}

/// When and into which scope something is written.
#[derive(Clone, Debug)]
pub struct SaveContext {
    /// The clock of the device, milliseconds since 1970 UTC. However wrong, it never refuses a write.
    pub now_ms: u64,
    /// The scope whose own lane the save goes to.
    pub scope: Scope,
    /// What the author had before them when they began: values beyond it are not superseded but stay standing as
    /// concurrent ones. `None` for all that is held here.
    pub seen: Option<Version>,
}

/// A save that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveOutcome {
    /// The lane it was numbered in.
    pub lane: Lane,
    /// Its number.
    pub seq: u64,
    /// Its stamp.
    pub hlc: Hlc,
    /// How many operations it holds. With none, nothing was written and `seq` names the save before.
    pub operations: usize,
}

/// Whether the province holds what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// At least one own save of the record has no receipt yet.
    Waiting,
    /// Every own save of it has a receipt signed by the server.
    Sent,
}

/// A record with everything under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordView {
    /// The whole tree; conflicting fields show their displayed winner.
    pub document: Document,
    /// Where it belongs.
    pub scope: Scope,
    /// Its effective status, `None` for parts, which have none of their own.
    pub status: Option<String>,
    /// The transition that set it, `None` while none was made.
    pub step: Option<StepView>,
    /// Two transitions were made without knowing of each other ("perlu keputusan").
    pub needs_decision: bool,
    /// Its status has consequences in law and the province has not received the step: until then it is a request.
    pub requested: bool,
    /// Steps that do not count: their author had not seen the status they leave, or what they build on has not come.
    pub ungrounded: Vec<StepView>,
    /// It was deleted.
    pub deleted: bool,
    /// It was deleted, and edited by someone who did not know.
    pub revived: bool,
    /// Why, when and by whom it was deleted, also where it came back.
    pub deletion: Option<DeletionView>,
    /// Parts that were taken out and came back, because somebody who did not know edited them.
    pub returned_parts: Vec<RecordId>,
    /// It, or a part of it, holds changes that only a later version of the program can show.
    pub holds_later: bool,
    /// Fields of it and of its parts that hold more than one value.
    pub conflicts: Vec<Conflict>,
    /// Whether the province holds it.
    pub sync: SyncState,
    /// What a reader of this view has seen; goes back into [`SaveContext::seen`].
    pub version: Version,
    /// Who made it, as far as this device knows their name.
    pub author: Option<String>,
    /// When it or a part of it last changed.
    pub updated_ms: u64,
}

/// A step in a record's workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// The operation that took it.
    pub operation: OpId,
    /// The status it leaves, `None` if it was to settle a conflict.
    pub from: Option<String>,
    /// The status it leads to.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Who took it, as far as this device knows their name.
    pub author: Option<String>,
    /// When, by the author's clock, milliseconds since 1970 UTC.
    pub at_ms: u64,
}

/// Why a record was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionView {
    /// The reason given.
    pub reason: String,
    /// Who deleted it, as far as this device knows their name.
    pub author: Option<String>,
    /// When, by the author's clock, milliseconds since 1970 UTC.
    pub at_ms: u64,
}

/// A field that holds more than one value until a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The record, or the part of it, that has the field.
    pub record: RecordId,
    /// What that record is.
    pub kind: RecordKind,
    /// The field.
    pub field: FieldNo,
    /// The values, the displayed one first.
    pub heads: Vec<HeadView>,
}

/// One of several concurrent values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadView {
    /// The operation that wrote it.
    pub operation: OpId,
    /// The value.
    pub value: Value,
    /// Who wrote it, as far as this device knows their name.
    pub author: Option<String>,
    /// Who wrote it.
    pub author_id: Uuid,
    /// When, by the author's clock, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// On which device, if its lane is known here.
    pub device: Option<DeviceKey>,
}

/// A record as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// Its identity.
    pub id: RecordId,
    /// What it is.
    pub kind: RecordKind,
    /// Its title, empty if it has none yet.
    pub title: String,
    /// Its number, place or the like.
    pub subtitle: String,
    /// Its effective status, `None` for parts, which have none of their own.
    pub status: Option<String>,
    /// Two transitions were made without knowing of each other.
    pub needs_decision: bool,
    /// The date it is about, ISO 8601.
    pub date: Option<String>,
    /// Where it belongs.
    pub scope: Scope,
    /// When it or a part of it last changed, milliseconds since 1970 UTC.
    pub updated_ms: u64,
    /// Whether the province holds it.
    pub sync: SyncState,
    /// How many fields of it and its parts hold more than one value.
    pub conflicts: u32,
}

/// What a list is to show, newest change first.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Words that must stand in the record or its parts; the last may be a beginning of a word.
    pub text: Option<String>,
    /// Only this status.
    pub status: Option<String>,
    /// Those that were deleted, instead of those that stand.
    pub deleted: bool,
    /// The [`Page::next`] of the page before.
    pub after_key: Option<String>,
    /// At most so many rows; 0 stands for 50.
    pub limit: usize,
}

/// A piece of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins, `None` on the last.
    pub next: Option<String>,
    /// How many rows the whole list has.
    pub total: u64,
}

/// What is being typed and not saved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is a draft of; the caller's choice.
    pub key: String,
    /// JSON text.
    pub content: String,
    /// When it was last kept, milliseconds since 1970 UTC.
    pub updated_ms: u64,
}

/// Who an attachment's bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobSource {
    /// The province, which therefore has it.
    Province,
    /// A colleague's device; the province may not have it.
    Colleague,
}

/// An attachment whose bytes have yet to travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobState {
    /// Its name.
    pub hash: BlobHash,
    /// Its length, 0 if no piece has come yet.
    pub byte_length: u64,
    /// How many of its first bytes are held.
    pub held_bytes: u64,
    /// Whether the province has it whole.
    pub sent: bool,
}

impl BlobState {
    /// Whether all of it is here.
    pub fn is_whole(&self) -> bool {
        self.byte_length > 0 && self.held_bytes == self.byte_length
    }
}

/// A segment as it came from the server, a peer or a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its number in its scope, if the server gave it one.
    pub gsn: Option<u64>,
    /// When the server received it, milliseconds since 1970 UTC.
    pub received_ms: Option<u64>,
    /// The segment as it travelled, compressed.
    pub bytes: Vec<u8>,
}

/// What became of incoming segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplyOutcome {
    /// Segments that joined the log.
    pub segments: usize,
    /// Saves in them.
    pub saves: usize,
    /// Segments that were held already.
    pub replayed: usize,
    /// Segments kept until the ones before them come.
    pub waiting: usize,
    /// Segments put into quarantine.
    pub quarantined: usize,
    /// Lanes that are frozen since two segments claim one place; one of them may be our own.
    pub forked: Vec<LaneId>,
    /// The records and parts that changed.
    pub records: Vec<RecordId>,
    /// Fields that hold more than one value now and did not before.
    pub new_conflicts: usize,
    /// Scopes of which a parcel could not be unpacked, for damage or because it was packed against segments that are
    /// not here: they are to be asked for again, segment by segment.
    pub unread: Vec<Scope>,
}

/// How this installation stands towards the province.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncSummary {
    /// Own saves without a receipt.
    pub waiting_saves: u64,
    /// Their bytes, before compression on the wire.
    pub waiting_bytes: u64,
    /// Own saves with a receipt.
    pub sent_saves: u64,
    /// Of those without one, what couriers were given.
    pub consigned: Consigned,
    /// Attachments to send.
    pub waiting_blobs: u64,
    /// Attachment bytes to send.
    pub waiting_blob_bytes: u64,
    /// Segments of others that wait for earlier ones.
    pub waiting_segments: u64,
    /// What is held: segments in quarantine, and records that wait for their beginning or for a later version.
    pub quarantined: u64,
    /// Fields that hold more than one value.
    pub conflicts: u64,
    /// Own lanes that are frozen.
    pub frozen_lanes: u64,
    /// When the server last answered, milliseconds since 1970 UTC.
    pub last_contact_ms: Option<u64>,
    /// How far this device's clock was ahead of the server's then.
    pub clock_offset_ms: Option<i64>,
}
