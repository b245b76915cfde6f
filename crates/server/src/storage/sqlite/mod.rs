//! The storage of one machine: an SQLite file in WAL mode, fully synchronous.

mod admission;
mod contact;
mod document;
mod invitation;
mod lane;
mod quarantine;
mod registry;
mod scope_head;
mod segment;
mod setting;
mod snapshot;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arumbae_domain::schema::RecordId;
use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::{DeviceKey, LaneId, SnapshotHash};
use arumbae_protocol::http_signature::SignedBy;
use arumbae_protocol::repair::{NumberRange, RangeAnswer};
use arumbae_protocol::{LaneCutOff, ScopeCursor, ScopeSegment, SignedEntry};
use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use rusqlite_migration::{M, MigrationDefinitionError, Migrations};

use crate::storage::{
    Admission, BaseSegment, BaseWanted, Contact, DocumentsRead, LoggedSegment, NewSnapshot, NewestSnapshot, Pulled,
    PushOutcome, PushedSegment, Quarantined, ScopeGrowth, ScopeHead, SoleWork, Storage, StorageError, StoredDocument,
    StoredDocumentFile, StoredInvitation, StoredLane, StoredSnapshot,
};
use admission::AdmittedRequests;

/// "ARUM": tells our database from any other SQLite file.
const APPLICATION_ID: i32 = 0x4152_554d;

/// Append-only; a released migration is never edited.
const STEPS: &[M<'static>] = &[
    M::up(include_str!("schema.sql")),
    M::up(include_str!("snapshots.sql")),
    M::up(include_str!("scope_heads.sql")),
    M::up(include_str!("documents.sql")),
    M::up(include_str!("administration.sql")),
];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// Another process (the `invite` command) holds the write lock for milliseconds at most.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// One writer connection and one reader connection to one file.
#[derive(Clone)]
pub struct SqliteStorage {
    writer: Arc<Mutex<Connection>>,
    reader: Arc<Mutex<Connection>>,
    admitted: Arc<AdmittedRequests>,
    sole_work: Arc<tokio::sync::Mutex<()>>,
}

impl SqliteStorage {
    /// Opens the database file, makes it if it is not there and brings its schema up to date.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let mut writer = connect(path)?;
        let version: i64 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let application: i32 = writer.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables: i64 = writer.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application != APPLICATION_ID && (tables > 0 || version > 0) {
            return Err(StorageError::ForeignFile);
        }
        writer.pragma_update(None, "application_id", APPLICATION_ID)?;
        MIGRATIONS.to_latest(&mut writer).map_err(|error| match error {
            rusqlite_migration::Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                StorageError::NewerSchema
            }
            other => StorageError::Backend(Box::new(other)),
        })?;
        let reader = connect(path)?;
        Ok(SqliteStorage {
            writer: Arc::new(Mutex::new(writer)),
            reader: Arc::new(Mutex::new(reader)),
            admitted: Arc::default(),
            sole_work: Arc::default(),
        })
    }

    /// Runs one write transaction off the async threads. `BEGIN IMMEDIATE`: it waits for the lock before it reads.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let writer = Arc::clone(&self.writer);
        run_blocking(move || {
            // A panic inside a transaction rolled it back; the connection itself is sound.
            let mut connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        })
        .await
    }

    /// Runs one read transaction, a snapshot, off the async threads.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let reader = Arc::clone(&self.reader);
        run_blocking(move || {
            let mut connection = reader.lock().unwrap_or_else(PoisonError::into_inner);
            let snapshot = connection.transaction()?;
            work(&snapshot)
        })
        .await
    }
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn registry_after(&self, seq: u64) -> Result<Vec<SignedEntry>, StorageError> {
        self.read(move |db| registry::list_after(db, seq)).await
    }

    async fn append_registry(&self, entries: Vec<SignedEntry>) -> Result<(), StorageError> {
        self.write(move |tx| registry::append_in_tx(tx, &entries)).await
    }

    async fn add_invitation(
        &self,
        invitation: StoredInvitation,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError> {
        self.write(move |tx| {
            let kept = invitation::insert_in_tx(tx, &invitation)?;
            if kept {
                registry::append_in_tx(tx, &entries)?;
            }
            Ok(kept)
        })
        .await
    }

    async fn invitations(&self) -> Result<Vec<StoredInvitation>, StorageError> {
        self.read(invitation::list).await
    }

    async fn revoke_invitation(
        &self,
        fingerprint: [u8; 32],
        at_ms: u64,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError> {
        self.write(move |tx| {
            let revoked = invitation::revoke_in_tx(tx, &fingerprint, at_ms)?;
            if revoked {
                registry::append_in_tx(tx, &entries)?;
            }
            Ok(revoked)
        })
        .await
    }

    async fn find_code(&self, number: u16, now_ms: u64) -> Result<Option<StoredInvitation>, StorageError> {
        self.read(move |db| invitation::find_by_code(db, number, now_ms)).await
    }

    async fn count_try(&self, fingerprint: [u8; 32], tries: u32, now_ms: u64) -> Result<bool, StorageError> {
        self.write(move |tx| invitation::count_try_in_tx(tx, &fingerprint, tries, now_ms)).await
    }

    async fn find_invitation(&self, fingerprint: [u8; 32]) -> Result<Option<StoredInvitation>, StorageError> {
        self.read(move |db| invitation::find(db, &fingerprint)).await
    }

    async fn redeem_invitation(
        &self,
        fingerprint: [u8; 32],
        device: DeviceKey,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError> {
        self.write(move |tx| {
            let redeemed = invitation::redeem_in_tx(tx, &fingerprint, device)?;
            if redeemed {
                registry::append_in_tx(tx, &entries)?;
            }
            Ok(redeemed)
        })
        .await
    }

    async fn receive_segments(
        &self,
        pushed: Vec<PushedSegment>,
        registry_seq: u64,
        received_ms: u64,
    ) -> Result<Vec<PushOutcome>, StorageError> {
        self.write(move |tx| {
            if registry::last_seq(tx)? != registry_seq {
                return Err(StorageError::RegistryMoved);
            }
            pushed.into_iter().map(|segment| segment::receive_in_tx(tx, segment, received_ms)).collect()
        })
        .await
    }

    async fn scope_heads(&self) -> Result<Vec<ScopeHead>, StorageError> {
        self.read(scope_head::heads).await
    }

    async fn scope_heads_in(&self, regions: Vec<RegionCode>) -> Result<Vec<ScopeHead>, StorageError> {
        self.read(move |db| scope_head::heads_in(db, &regions)).await
    }

    async fn digests_at(&self, cursors: Vec<ScopeCursor>) -> Result<Vec<Option<Digest>>, StorageError> {
        self.read(move |db| cursors.iter().map(|cursor| segment::digest_at(db, cursor)).collect()).await
    }

    async fn segments_after(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
        credit_bytes: u64,
    ) -> Result<Pulled, StorageError> {
        self.read(move |db| segment::list_after(db, cursors, reader, credit_bytes)).await
    }

    async fn log_after(&self, cursor: ScopeCursor, max_bytes: u64) -> Result<Vec<LoggedSegment>, StorageError> {
        self.read(move |db| segment::log_after(db, &cursor, max_bytes)).await
    }

    async fn describe_ranges(
        &self,
        scope: Scope,
        ranges: Vec<NumberRange>,
    ) -> Result<(u64, Vec<RangeAnswer>), StorageError> {
        self.read(move |db| segment::describe_ranges(db, &scope, &ranges)).await
    }

    async fn numbered_segments(
        &self,
        scope: Scope,
        numbers: Vec<u64>,
        credit_bytes: u64,
    ) -> Result<Vec<ScopeSegment>, StorageError> {
        self.read(move |db| segment::list_numbered(db, &scope, numbers, credit_bytes)).await
    }

    async fn base_segments(&self, scope: Scope, wanted: BaseWanted) -> Result<Vec<BaseSegment>, StorageError> {
        self.read(move |db| segment::list_base(db, &scope, &wanted)).await
    }

    async fn growth_since_snapshot(&self, scope: Scope) -> Result<ScopeGrowth, StorageError> {
        self.read(move |db| snapshot::growth(db, &scope)).await
    }

    async fn newest_snapshots(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
    ) -> Result<Vec<NewestSnapshot>, StorageError> {
        self.read(move |db| snapshot::newest_for(db, &cursors, reader)).await
    }

    async fn find_snapshot(&self, hash: SnapshotHash) -> Result<Option<StoredSnapshot>, StorageError> {
        self.read(move |db| snapshot::find(db, hash)).await
    }

    async fn snapshot_bytes(&self, hash: SnapshotHash, offset: u64, length: u64) -> Result<Vec<u8>, StorageError> {
        self.read(move |db| snapshot::bytes(db, hash, offset, length)).await
    }

    async fn snapshot_part(&self, hash: [u8; 32]) -> Result<Option<Vec<u8>>, StorageError> {
        self.read(move |db| snapshot::part(db, &hash)).await
    }

    async fn keep_snapshot(&self, new: NewSnapshot) -> Result<(), StorageError> {
        self.write(move |tx| snapshot::keep_in_tx(tx, &new)).await
    }

    /// One server works on a file, so its processes are its tasks.
    async fn begin_sole_work(&self, _work: SoleWork) -> Result<Box<dyn Send>, StorageError> {
        Ok(Box::new(Arc::clone(&self.sole_work).lock_owned().await))
    }

    async fn remember_requests(&self, now: u64) -> Result<(), StorageError> {
        self.admitted.begin(now);
        Ok(())
    }

    async fn admit_request(&self, request: SignedBy, now: u64) -> Result<Admission, StorageError> {
        Ok(self.admitted.admit(request, now))
    }

    async fn unread_for_documents(&self) -> Result<Vec<(Scope, NumberRange)>, StorageError> {
        self.read(document::unread).await
    }

    async fn find_documents(&self, records: Vec<RecordId>) -> Result<Vec<StoredDocument>, StorageError> {
        self.read(move |db| document::find(db, &records)).await
    }

    async fn find_document_file(&self, sha256: [u8; 32]) -> Result<Option<StoredDocumentFile>, StorageError> {
        self.read(move |db| document::find_file(db, &sha256)).await
    }

    async fn keep_documents(&self, read: DocumentsRead) -> Result<(), StorageError> {
        self.write(move |tx| document::keep_in_tx(tx, &read)).await
    }

    async fn note_contact(&self, contact: Contact) -> Result<(), StorageError> {
        self.write(move |tx| contact::note_in_tx(tx, contact)).await
    }

    async fn contacts(&self) -> Result<Vec<Contact>, StorageError> {
        self.read(contact::list).await
    }

    async fn lanes(&self) -> Result<Vec<StoredLane>, StorageError> {
        self.read(lane::list).await
    }

    async fn freeze_lane(&self, lane: LaneId) -> Result<(), StorageError> {
        self.write(move |tx| lane::freeze_in_tx(tx, lane)).await
    }

    async fn set_restored(&self, at_ms: Option<u64>) -> Result<(), StorageError> {
        self.write(move |tx| match at_ms {
            Some(at_ms) => setting::set_in_tx(tx, setting::RESTORED, &at_ms.to_string()),
            None => setting::remove_in_tx(tx, setting::RESTORED),
        })
        .await
    }

    async fn restored(&self) -> Result<Option<u64>, StorageError> {
        let text = self.read(|db| setting::get(db, setting::RESTORED)).await?;
        text.map(|text| text.parse().map_err(|_| StorageError::Damaged("the time of a restore"))).transpose()
    }

    async fn quarantine_after(
        &self,
        content: Option<[u8; 32]>,
        max_bytes: u64,
    ) -> Result<Vec<Quarantined>, StorageError> {
        self.read(move |db| quarantine::list_after(db, content, max_bytes)).await
    }

    async fn lane_heads_of(&self, device: DeviceKey) -> Result<Vec<LaneCutOff>, StorageError> {
        self.read(move |db| lane::heads_of(db, device)).await
    }

    async fn set_address(&self, url: String) -> Result<(), StorageError> {
        self.write(move |tx| setting::set_in_tx(tx, setting::ADDRESS, &url)).await
    }

    async fn address(&self) -> Result<Option<String>, StorageError> {
        self.read(|db| setting::get(db, setting::ADDRESS)).await
    }
}

/// | pragma | why |
/// |---|---|
/// | `journal_mode = WAL` | readers never wait for the writer, and a torn write costs nothing that was committed |
/// | `synchronous = FULL` | a receipt is a promise: the commit is on the disk before it is given |
/// | `foreign_keys = ON` | a segment without its lane must be impossible |
fn connect(path: &Path) -> Result<Connection, StorageError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StorageError::Backend(Box::new(error)))?
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StorageError::Full,
            Some(ErrorCode::NotADatabase) => StorageError::ForeignFile,
            _ => StorageError::Backend(Box::new(error)),
        }
    }
}

/// SQLite's integers are signed; every count and time of ours stays far below their end.
fn to_sql(number: u64) -> Result<i64, StorageError> {
    i64::try_from(number).map_err(|_| StorageError::Damaged("a number beyond 2^63"))
}

fn from_sql(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| StorageError::Damaged("a negative number"))
}

fn bytes_from_sql<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StorageError> {
    bytes.try_into().map_err(|_| StorageError::Damaged("a key or hash of the wrong length"))
}

fn scope_from_sql(text: &str) -> Result<Scope, StorageError> {
    text.parse().map_err(|_| StorageError::Damaged("a scope"))
}
