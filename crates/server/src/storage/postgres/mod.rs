//! The storage that several servers share: a PostgreSQL database.
//!
//! What a method stores is one transaction, committed with `synchronous_commit = on`. Reads need none: what they read
//! is only ever added to, and a scope's numbers become visible in their order.

mod admission;
mod contact;
mod document;
mod invitation;
mod lane;
mod lock;
mod quarantine;
mod registry;
mod scope_head;
mod segment;
mod setting;
mod snapshot;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arumbae_domain::schema::RecordId;
use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::{DeviceKey, LaneId, SnapshotHash};
use arumbae_protocol::http_signature::SignedBy;
use arumbae_protocol::repair::{NumberRange, RangeAnswer};
use arumbae_protocol::{LaneCutOff, ScopeCursor, ScopeSegment, SignedEntry};
use async_trait::async_trait;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, Postgres, SqlSafeStr};

use crate::storage::{
    Admission, BaseSegment, BaseWanted, Contact, DatabaseUrl, DocumentsRead, LoggedSegment, NewSnapshot,
    NewestSnapshot, Pulled, PushOutcome, PushedSegment, Quarantined, ScopeGrowth, ScopeHead, SoleWork, Storage,
    StorageError, StoredDocument, StoredDocumentFile, StoredInvitation, StoredLane, StoredSnapshot,
};
use lock::Lock;

/// Append-only; a released migration is never edited.
const STEPS: &[(&str, &str)] = &[
    ("the tables of the province", include_str!("schema.sql")),
    ("the register of issued documents", include_str!("documents.sql")),
    ("invitations as codes, contacts", include_str!("administration.sql")),
];

/// Tells our database from any other one.
const MIGRATIONS_TABLE: &str = "arumbae_migration";

/// How many connections one server holds at most. PostgreSQL works on as many at a time as it has cores; more only
/// wait inside of it instead of here.
const CONNECTIONS: u32 = 16;

/// How long a request waits for a connection, be it that all are in use or that the database is away.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often what was remembered of requests is forgotten, in seconds.
const FORGET_EVERY: u64 = 60;

/// Starts of a transaction that lost against another one begin again so often.
const ATTEMPTS: u32 = 5;

/// A pool of connections to one database.
pub struct PostgresStorage {
    pool: PgPool,
    /// When requests were last forgotten, seconds since 1970 UTC.
    forgot_at: AtomicU64,
}

impl PostgresStorage {
    /// Connects, makes the tables if there are none and brings them up to date.
    ///
    /// The tables are in the first schema of the connection's `search_path`.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StorageError> {
        let mut options = url.options()?;
        if options.get_application_name().is_none() {
            options = options.application_name("arumbae-server");
        }
        let connecting = tokio::time::timeout(PATIENCE, options.connect()).await;
        let mut connection = connecting.map_err(|late| StorageError::Unreachable(Box::new(late)))??;
        check_durability(&mut connection).await?;
        migrate(&mut connection).await?;
        connection.close().await?;
        Ok(PostgresStorage { pool: pool(options), forgot_at: AtomicU64::new(0) })
    }

    async fn read(&self) -> Result<PoolConnection<Postgres>, StorageError> {
        Ok(self.pool.acquire().await?)
    }
}

fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| {
            Box::pin(async move {
                // A receipt is a promise: the commit is on the disk before it is given, whatever the database's default.
                sqlx::query("SET synchronous_commit = on").execute(connection).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options)
}

impl PostgresStorage {
    async fn begin(&self) -> Result<sqlx::Transaction<'static, Postgres>, StorageError> {
        // Each statement sees what was committed before it, above all what others wrote before a lock was given.
        Ok(self.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?)
    }

    async fn receive_once(
        &self,
        pushed: &[PushedSegment],
        registry_seq: u64,
        received_ms: u64,
    ) -> Result<Vec<PushOutcome>, StorageError> {
        let mut tx = self.begin().await?;
        if registry::hold_last_seq_in_tx(&mut tx).await? != registry_seq {
            return Err(StorageError::RegistryMoved);
        }
        let outcomes = segment::receive_in_tx(&mut tx, pushed, received_ms).await?;
        tx.commit().await?;
        Ok(outcomes)
    }
}

#[async_trait]
impl Storage for PostgresStorage {
    async fn registry_after(&self, seq: u64) -> Result<Vec<SignedEntry>, StorageError> {
        registry::list_after(&mut *self.read().await?, seq).await
    }

    async fn append_registry(&self, entries: Vec<SignedEntry>) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        registry::append_in_tx(&mut tx, &entries).await?;
        Ok(tx.commit().await?)
    }

    async fn add_invitation(
        &self,
        invitation: StoredInvitation,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        // First, because it takes the lock under which numbers of codes are given.
        registry::append_in_tx(&mut tx, &entries).await?;
        let kept = invitation::insert_in_tx(&mut tx, &invitation).await?;
        if kept {
            tx.commit().await?;
        }
        Ok(kept)
    }

    async fn invitations(&self) -> Result<Vec<StoredInvitation>, StorageError> {
        invitation::list(&mut *self.read().await?).await
    }

    async fn revoke_invitation(
        &self,
        fingerprint: [u8; 32],
        at_ms: u64,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        let revoked = invitation::revoke_in_tx(&mut tx, &fingerprint, at_ms).await?;
        if revoked {
            registry::append_in_tx(&mut tx, &entries).await?;
        }
        tx.commit().await?;
        Ok(revoked)
    }

    async fn find_code(&self, number: u16, now_ms: u64) -> Result<Option<StoredInvitation>, StorageError> {
        invitation::find_by_code(&mut *self.read().await?, number, now_ms).await
    }

    async fn count_try(&self, fingerprint: [u8; 32], tries: u32, now_ms: u64) -> Result<bool, StorageError> {
        invitation::count_try(&mut *self.read().await?, &fingerprint, tries, now_ms).await
    }

    async fn find_invitation(&self, fingerprint: [u8; 32]) -> Result<Option<StoredInvitation>, StorageError> {
        invitation::find(&mut *self.read().await?, &fingerprint).await
    }

    async fn redeem_invitation(
        &self,
        fingerprint: [u8; 32],
        device: DeviceKey,
        entries: Vec<SignedEntry>,
    ) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        let redeemed = invitation::redeem_in_tx(&mut tx, &fingerprint, device).await?;
        if redeemed {
            registry::append_in_tx(&mut tx, &entries).await?;
        }
        tx.commit().await?;
        Ok(redeemed)
    }

    async fn receive_segments(
        &self,
        pushed: Vec<PushedSegment>,
        registry_seq: u64,
        received_ms: u64,
    ) -> Result<Vec<PushOutcome>, StorageError> {
        let mut attempt = 1;
        loop {
            match self.receive_once(&pushed, registry_seq, received_ms).await {
                Err(StorageError::Backend(error)) if attempt < ATTEMPTS && lost_a_race(&*error) => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn scope_heads(&self) -> Result<Vec<ScopeHead>, StorageError> {
        scope_head::heads(&mut *self.read().await?).await
    }

    async fn scope_heads_in(&self, regions: Vec<RegionCode>) -> Result<Vec<ScopeHead>, StorageError> {
        scope_head::heads_in(&mut *self.read().await?, &regions).await
    }

    async fn digests_at(&self, cursors: Vec<ScopeCursor>) -> Result<Vec<Option<Digest>>, StorageError> {
        if cursors.is_empty() {
            return Ok(Vec::new());
        }
        segment::digests_at(&mut *self.read().await?, &cursors).await
    }

    async fn segments_after(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
        credit_bytes: u64,
    ) -> Result<Pulled, StorageError> {
        segment::list_after(&mut *self.read().await?, cursors, reader, credit_bytes).await
    }

    async fn log_after(&self, cursor: ScopeCursor, max_bytes: u64) -> Result<Vec<LoggedSegment>, StorageError> {
        segment::log_after(&mut *self.read().await?, &cursor, max_bytes).await
    }

    async fn describe_ranges(
        &self,
        scope: Scope,
        ranges: Vec<NumberRange>,
    ) -> Result<(u64, Vec<RangeAnswer>), StorageError> {
        segment::describe_ranges(&mut *self.read().await?, &scope, &ranges).await
    }

    async fn numbered_segments(
        &self,
        scope: Scope,
        numbers: Vec<u64>,
        credit_bytes: u64,
    ) -> Result<Vec<ScopeSegment>, StorageError> {
        segment::list_numbered(&mut *self.read().await?, &scope, numbers, credit_bytes).await
    }

    async fn base_segments(&self, scope: Scope, wanted: BaseWanted) -> Result<Vec<BaseSegment>, StorageError> {
        segment::list_base(&mut *self.read().await?, &scope, &wanted).await
    }

    async fn growth_since_snapshot(&self, scope: Scope) -> Result<ScopeGrowth, StorageError> {
        snapshot::growth(&mut *self.read().await?, &scope).await
    }

    async fn newest_snapshots(
        &self,
        cursors: Vec<ScopeCursor>,
        reader: (DeviceKey, u64),
    ) -> Result<Vec<NewestSnapshot>, StorageError> {
        snapshot::newest_for(&mut *self.read().await?, &cursors, reader).await
    }

    async fn find_snapshot(&self, hash: SnapshotHash) -> Result<Option<StoredSnapshot>, StorageError> {
        snapshot::find(&mut *self.read().await?, hash).await
    }

    async fn snapshot_bytes(&self, hash: SnapshotHash, offset: u64, length: u64) -> Result<Vec<u8>, StorageError> {
        snapshot::bytes(&mut *self.read().await?, hash, offset, length).await
    }

    async fn snapshot_part(&self, hash: [u8; 32]) -> Result<Option<Vec<u8>>, StorageError> {
        snapshot::part(&mut *self.read().await?, &hash).await
    }

    async fn keep_snapshot(&self, new: NewSnapshot) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        snapshot::keep_in_tx(&mut tx, &new).await?;
        Ok(tx.commit().await?)
    }

    async fn begin_sole_work(&self, work: SoleWork) -> Result<Box<dyn Send>, StorageError> {
        let mut tx = self.begin().await?;
        lock::take_in_tx(&mut tx, Lock::Sole(work)).await?;
        Ok(Box::new(tx))
    }

    async fn remember_requests(&self, now: u64) -> Result<(), StorageError> {
        admission::begin(&mut *self.read().await?, now).await
    }

    async fn admit_request(&self, request: SignedBy, now: u64) -> Result<Admission, StorageError> {
        let mut db = self.read().await?;
        let admission = admission::admit(&mut db, request, now).await?;
        if self.forgot_at.fetch_max(now, Ordering::Relaxed) + FORGET_EVERY <= now {
            admission::forget(&mut db, now).await?;
        }
        Ok(admission)
    }

    async fn unread_for_documents(&self) -> Result<Vec<(Scope, NumberRange)>, StorageError> {
        document::unread(&mut *self.read().await?).await
    }

    async fn find_documents(&self, records: Vec<RecordId>) -> Result<Vec<StoredDocument>, StorageError> {
        document::find(&mut *self.read().await?, &records).await
    }

    async fn find_document_file(&self, sha256: [u8; 32]) -> Result<Option<StoredDocumentFile>, StorageError> {
        document::find_file(&mut *self.read().await?, &sha256).await
    }

    async fn keep_documents(&self, read: DocumentsRead) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        document::keep_in_tx(&mut tx, &read).await?;
        Ok(tx.commit().await?)
    }

    async fn note_contact(&self, contact: Contact) -> Result<(), StorageError> {
        contact::note(&mut *self.read().await?, contact).await
    }

    async fn contacts(&self) -> Result<Vec<Contact>, StorageError> {
        contact::list(&mut *self.read().await?).await
    }

    async fn lanes(&self) -> Result<Vec<StoredLane>, StorageError> {
        lane::list(&mut *self.read().await?).await
    }

    async fn freeze_lane(&self, lane: LaneId) -> Result<(), StorageError> {
        lane::freeze_in_tx(&mut *self.read().await?, lane).await
    }

    async fn set_restored(&self, at_ms: Option<u64>) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        match at_ms {
            Some(at_ms) => setting::set_in_tx(&mut tx, setting::RESTORED, &at_ms.to_string()).await?,
            None => setting::remove_in_tx(&mut tx, setting::RESTORED).await?,
        }
        Ok(tx.commit().await?)
    }

    async fn restored(&self) -> Result<Option<u64>, StorageError> {
        let text = setting::get(&mut *self.read().await?, setting::RESTORED).await?;
        text.map(|text| text.parse().map_err(|_| StorageError::Damaged("the time of a restore"))).transpose()
    }

    async fn quarantine_after(
        &self,
        content: Option<[u8; 32]>,
        max_bytes: u64,
    ) -> Result<Vec<Quarantined>, StorageError> {
        quarantine::list_after(&mut *self.read().await?, content, max_bytes).await
    }

    async fn lane_heads_of(&self, device: DeviceKey) -> Result<Vec<LaneCutOff>, StorageError> {
        lane::heads_of(&mut *self.read().await?, device).await
    }

    async fn set_address(&self, url: String) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        setting::set_in_tx(&mut tx, setting::ADDRESS, &url).await?;
        Ok(tx.commit().await?)
    }

    async fn address(&self) -> Result<Option<String>, StorageError> {
        setting::get(&mut *self.read().await?, setting::ADDRESS).await
    }
}

/// A database that does not write its log to the disk acknowledges what a power cut takes back.
async fn check_durability(db: &mut PgConnection) -> Result<(), StorageError> {
    let settings: Vec<String> =
        sqlx::query_scalar("SELECT setting FROM pg_settings WHERE name = 'fsync'").fetch_all(db).await?;
    if settings.iter().any(|setting| setting == "off") { Err(StorageError::NotDurable) } else { Ok(()) }
}

async fn migrate(db: &mut PgConnection) -> Result<(), StorageError> {
    let (schema, ours, tables): (Option<String>, bool, i64) = sqlx::query_as(
        "SELECT current_schema(), coalesce(bool_or(tablename = $1), false), count(*)
         FROM pg_tables WHERE schemaname = current_schema()",
    )
    .bind(MIGRATIONS_TABLE)
    .fetch_one(&mut *db)
    .await?;
    if schema.is_none() {
        return Err(StorageError::NoSuchDatabase);
    }
    if tables > 0 && !ours {
        return Err(StorageError::ForeignDatabase);
    }
    let step = |(version, (description, sql)): (i64, &(&'static str, &'static str))| {
        Migration::new(version, Cow::Borrowed(*description), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations((1..).zip(STEPS).map(step).collect());
    migrator.dangerous_set_table_name(MIGRATIONS_TABLE);
    // `run` itself makes a future that cannot be sent between threads.
    migrator.run_direct(None, db, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) => StorageError::NewerSchema,
        MigrateError::VersionMismatch(_) => StorageError::ForeignDatabase,
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StorageError::Backend(Box::new(other)),
    })
}

/// Codes of PostgreSQL's appendix A.
impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        match (code.as_str(), &error) {
            ("53100", _) => StorageError::Full,
            ("28P01" | "28000", _) => StorageError::WrongPassword,
            ("3D000", _) => StorageError::NoSuchDatabase,
            ("42501" | "25006", _) => StorageError::NotPermitted,
            // Shutting down, starting up, out of connections, connection exceptions.
            ("57P01" | "57P02" | "57P03" | "53300", _)
            | (_, sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => {
                StorageError::Unreachable(Box::new(error))
            }
            (code, _) if code.starts_with("08") => StorageError::Unreachable(Box::new(error)),
            _ => StorageError::Backend(Box::new(error)),
        }
    }
}

/// Whether a transaction failed only because of another one at the same time.
fn lost_a_race(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let database = error.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    // serialization_failure, deadlock_detected
    database.and_then(|error| error.code()).is_some_and(|code| ["40001", "40P01"].contains(&&*code))
}

/// PostgreSQL's integers are signed; every count and time of ours stays far below their end.
fn to_sql(number: u64) -> Result<i64, StorageError> {
    i64::try_from(number).map_err(|_| StorageError::Damaged("a number beyond 2^63"))
}

fn from_sql(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| StorageError::Damaged("a negative number"))
}

fn bytes_from_sql<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StorageError> {
    bytes.try_into().map_err(|_| StorageError::Damaged("a key or hash of the wrong length"))
}
