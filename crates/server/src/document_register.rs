//! The register of issued documents: what the province's log says about a file that somebody holds.
//!
//! It is read out of the log, scope by scope, and adds nothing to it: which record a file belongs to, who registered
//! it, when the province had it, and what the record says now. Whoever asks must already hold the file or the record's
//! id from its QR code; neither can be guessed, and no name of a person is told.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::schema::{Document, FieldNo, Record, RecordId, RecordKind, Value};
use arumbae_domain::{DocumentTemplate, IssuedDocument, Scope};
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::{OpId, Operation, RecordState, Save, SealedSegment, SegmentHeader, Stamp};
use arumbae_protocol::registry::check_authorship;
use arumbae_protocol::repair::NumberRange;
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{Registry, Role, ScopeCursor};
use arumbae_signing::certificate::Serial;
use jiff::Timestamp;
use uuid::Uuid;

use crate::parcels::blocking;
use crate::province::Province;
use crate::storage::{DocumentsRead, LoggedSegment, StorageError, StoredDocument, StoredDocumentFile};

/// So many compressed bytes of a scope's log are read at a time.
const STEP_BYTES: u64 = 1 << 20;

/// The field in which an issued document names its file.
const SHA256: FieldNo = FieldNo(16);

/// A file, named by its SHA-256: the one hash every computer can make.
pub type FileHash = [u8; 32];

/// What the log says of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredDocument {
    /// The record.
    pub record: RecordId,
    /// Where it belongs.
    pub scope: Scope,
    /// Which document it is.
    pub template: Option<DocumentTemplate>,
    /// NOMOR as printed.
    pub number: String,
    /// In which role its author answers for the scope, by the registry as it is now.
    pub role: Option<Role>,
    /// The office that answers for the scope.
    pub office: Option<String>,
    /// When it was issued, by its author's clock.
    pub issued_at: Option<Timestamp>,
    /// When the province had it first, milliseconds since 1970 UTC.
    pub received_ms: u64,
    /// Its present file.
    pub sha256: Option<FileHash>,
    /// Whether its author registered it as signed.
    pub signed: bool,
    /// When its author's certificate was revoked, milliseconds since 1970 UTC; `None` if it was not.
    pub certificate_revoked_ms: Option<u64>,
    /// Whether it was deleted since: it stays, marked.
    pub withdrawn: bool,
}

impl RegisteredDocument {
    /// Whether it came only after its author's certificate was revoked: somebody else may have signed it.
    pub fn is_doubtful(&self) -> bool {
        self.certificate_revoked_ms.is_some_and(|revoked| revoked < self.received_ms)
    }
}

/// A file as the log knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredFile {
    /// The document it belongs to.
    pub document: RegisteredDocument,
    /// When the province had it first, milliseconds since 1970 UTC.
    pub received_ms: u64,
    /// Whether it is the document's present file; otherwise a later one has taken its place.
    pub is_present: bool,
}

impl Province {
    /// What the log says of the document with this record id.
    pub async fn find_document(&self, record: RecordId) -> Result<Option<RegisteredDocument>, StorageError> {
        self.read_documents().await?;
        let found = self.storage.find_documents(vec![record]).await?.into_iter().next();
        let registry = self.registry().await?;
        found.map(|stored| registered(&stored, &registry)).transpose()
    }

    /// What the log says of the file with this hash.
    pub async fn find_document_file(&self, sha256: FileHash) -> Result<Option<RegisteredFile>, StorageError> {
        self.read_documents().await?;
        let Some(file) = self.storage.find_document_file(sha256).await? else { return Ok(None) };
        let Some(document) = self.find_document(file.record).await? else { return Ok(None) };
        let is_present = document.sha256 == Some(sha256);
        Ok(Some(RegisteredFile { document, received_ms: file.received_ms, is_present }))
    }

    /// Brings the register up to the log. The background does it as segments come; whoever looks something up does it
    /// first, so that a document is known as soon as it was receipted.
    pub async fn read_documents(&self) -> Result<(), StorageError> {
        let _one_at_a_time = self.registering.lock().await;
        for (scope, NumberRange { after: mut gsn, up_to }) in self.storage.unread_for_documents().await? {
            while gsn < up_to {
                gsn = self.read_step(ScopeCursor { scope: scope.clone(), gsn }).await?;
            }
        }
        Ok(())
    }

    /// Reads a stretch of a scope's log; how far it came.
    async fn read_step(&self, from: ScopeCursor) -> Result<u64, StorageError> {
        let log = self.storage.log_after(from.clone(), STEP_BYTES).await?;
        let Some(last) = log.last().map(|segment| segment.gsn) else {
            return Err(StorageError::Damaged("a scope's numbers have a gap"));
        };
        let registry = self.registry().await?;
        let scope = from.scope.clone();
        let step = blocking(move || Step::of(scope, log, &registry)).await?;
        let known = self.storage.find_documents(step.changed.keys().copied().collect()).await?;
        let (documents, files) = step.join(known)?;
        self.storage.keep_documents(DocumentsRead { from, up_to: last, documents, files }).await?;
        Ok(last)
    }
}

/// What a stretch of the log says of records that are documents, or may be.
struct Step {
    scope: Scope,
    /// Records that were made as documents here.
    made: BTreeSet<RecordId>,
    changed: BTreeMap<RecordId, Vec<Change>>,
}

struct Change {
    id: OpId,
    stamp: Stamp,
    received_ms: u64,
    op: Operation,
}

impl Step {
    /// Segments that cannot be read, or were not their author's to write, say nothing here: no device counts them
    /// either.
    fn of(scope: Scope, log: Vec<LoggedSegment>, registry: &Registry) -> Step {
        let mut step = Step { scope, made: BTreeSet::new(), changed: BTreeMap::new() };
        for LoggedSegment { received_ms, bytes, .. } in log {
            let Ok(bytes) = decompress(&bytes, MAX_SEGMENT) else { continue };
            let Ok(segment) = SealedSegment::from_bytes(bytes) else { continue };
            let Ok(saves) = segment.open() else { continue };
            if check_authorship(segment.header(), &saves, registry).is_ok() {
                saves.into_iter().for_each(|save| step.take(segment.header(), save, received_ms));
            }
        }
        step
    }

    fn take(&mut self, header: &SegmentHeader, save: Save, received_ms: u64) {
        let stamp = Stamp { hlc: save.hlc, received_ms: Some(received_ms), actor: save.actor };
        for (index, op) in (0..).zip(save.ops) {
            if matches!(op, Operation::Create { kind, .. } if kind == RecordKind::IssuedDocument.into()) {
                self.made.insert(op.record());
            }
            let id = OpId { lane: header.lane.id(), seq: save.seq, index };
            self.changed.entry(op.record()).or_default().push(Change { id, stamp, received_ms, op });
        }
    }

    /// Adds the changes of documents to what is known of them.
    fn join(self, known: Vec<StoredDocument>) -> Result<(Vec<StoredDocument>, Vec<StoredDocumentFile>), StorageError> {
        let mut known: BTreeMap<RecordId, StoredDocument> =
            known.into_iter().map(|document| (document.record, document)).collect();
        let (mut documents, mut files) = (Vec::new(), Vec::new());
        for (record, changes) in self.changed {
            let (mut document, mut state) = match known.remove(&record) {
                Some(document) => {
                    let state = read_state(&document)?;
                    (document, state)
                }
                None if self.made.contains(&record) => (
                    StoredDocument {
                        record,
                        scope: self.scope.clone(),
                        author: changes[0].stamp.actor,
                        received_ms: changes[0].received_ms,
                        state: Vec::new(),
                    },
                    RecordState::new(),
                ),
                None => continue,
            };
            for Change { id, stamp, received_ms, op } in changes {
                if let Operation::Set { field: SHA256, value, .. } = &op
                    && let Some(sha256) = file_hash(value)
                {
                    files.push(StoredDocumentFile { sha256, record, received_ms });
                }
                state.apply(id, stamp, &op);
            }
            document.state = state.encode();
            documents.push(document);
        }
        Ok((documents, files))
    }
}

fn registered(stored: &StoredDocument, registry: &Registry) -> Result<RegisteredDocument, StorageError> {
    let state = read_state(stored)?;
    let mut untyped = Document::new(RecordKind::IssuedDocument, stored.record);
    untyped.fields = state.values().map(|(field, value)| (field, value.into_owned())).collect();
    let document = IssuedDocument::from_document(&untyped);
    let revoked = registry.revoked_certificates().iter();
    let revoked = revoked.filter(|revoked| {
        Serial::from_bytes(&revoked.serial).is_ok_and(|serial| serial.to_string() == document.certificate_serial)
    });
    Ok(RegisteredDocument {
        record: stored.record,
        scope: stored.scope.clone(),
        template: document.template,
        number: document.number,
        role: role_in(registry, stored.author, &stored.scope),
        office: registry.office_of(stored.scope.region()).map(str::to_owned),
        issued_at: document.issued_at,
        received_ms: stored.received_ms,
        sha256: parse_hash(&document.sha256),
        signed: !document.signed_by.is_empty(),
        certificate_revoked_ms: revoked.map(|revoked| revoked.at_ms).min(),
        withdrawn: state.is_deleted(),
    })
}

/// The role a person holds nearest to a scope.
fn role_in(registry: &Registry, person: Uuid, scope: &Scope) -> Option<Role> {
    let reaching = registry.grants_of(person).filter(|grant| grant.scope.region().contains(scope.region()));
    reaching.max_by_key(|grant| grant.scope.region().depth()).map(|grant| grant.role)
}

fn read_state(stored: &StoredDocument) -> Result<RecordState, StorageError> {
    RecordState::decode(&stored.state).map_err(|_| StorageError::Damaged("the state of a document"))
}

fn file_hash(value: &Value) -> Option<FileHash> {
    let Value::Text(text) = value else { return None };
    parse_hash(text)
}

/// Reads the hexadecimal form.
pub fn parse_hash(text: &str) -> Option<FileHash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
}
