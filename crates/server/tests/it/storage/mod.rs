//! The conformance suite of [`Storage`]: small tests, each run against every backend, and what only one of them has.

mod admission;
mod contacts;
mod documents;
mod invitations;
mod log;
mod postgres;
mod reading;
mod registry;
mod sharing;
mod snapshots;
mod sqlite;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arumbae_mergelog::compression::compress;
use arumbae_mergelog::segment::SealedSegment;
use arumbae_protocol::{RegistryEntry, SignedEntry};
use arumbae_server::DatabaseUrl;
use arumbae_server::storage::{PostgresStorage, PushOutcome, PushedSegment, SqliteStorage, Storage, StoredSegment};
use ed25519_dalek::SigningKey;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;
use uuid::Uuid;

use crate::device::{Device, LaneEnd};

pub const HERE: &str = "81.71.01";
pub const THERE: &str = "81.71.02";

/// A database that is empty at first and gone at the end.
pub enum Backend {
    Sqlite(TempDir),
    Postgres(Schema),
}

impl Backend {
    pub fn sqlite() -> Self {
        Backend::Sqlite(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn postgres() -> Self {
        Backend::Postgres(Schema::new())
    }

    /// Opens it, once more if it is open.
    pub async fn open(&self) -> Arc<dyn Storage> {
        match self {
            Backend::Sqlite(folder) => {
                Arc::new(SqliteStorage::open(&folder.path().join("arumbae.db")).expect("the file opens"))
            }
            Backend::Postgres(schema) => {
                Arc::new(PostgresStorage::open(&schema.url()).await.expect("the database opens"))
            }
        }
    }
}

/// A schema of its own in the PostgreSQL that `scripts/with-postgres` started.
pub struct Schema {
    pub name: String,
}

impl Schema {
    /// Made on a thread of its own, so that tests need not wait for it differently than for a folder.
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let schema = Schema { name };
        let create = async { schema.run(&format!("CREATE SCHEMA {}", schema.name)).await };
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        std::thread::scope(|scope| scope.spawn(|| runtime().block_on(create)).join()).expect("PostgreSQL answers");
        schema
    }

    pub fn url_text(&self) -> String {
        format!("{}&options=-csearch_path%3D{}", server(), self.name)
    }

    pub fn url(&self) -> DatabaseUrl {
        self.url_text().parse().expect("an address")
    }

    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url_text()).await.expect("a connection")
    }

    /// Runs statements in the schema.
    pub async fn run(&self, statements: &str) {
        self.connect().await.execute(AssertSqlSafe(statements)).await.expect("the statements run");
    }
}

/// The address of the server that `scripts/with-postgres` started.
pub fn server() -> String {
    std::env::var("ARUMBAE_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("these tests need PostgreSQL: run them by `scripts/with-postgres cargo nextest run …`")
    })
}

/// Makes each of the tests one against every backend.
macro_rules! on_every_backend {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(&crate::storage::Backend::sqlite()).await;
                }
            )*
        }
        mod on_postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(&crate::storage::Backend::postgres()).await;
                }
            )*
        }
    };
}
use on_every_backend;

/// Entries that continue a registry of `first - 1`.
pub fn entries(first: u64, count: u64) -> Vec<SignedEntry> {
    let key = SigningKey::from_bytes(&[1; 32]);
    let entry =
        RegistryEntry::Person { id: Uuid::from_u128(1), name: "Nama CONTOH".to_owned(), position: String::new() };
    (first..first + count).map(|seq| SignedEntry::sign(seq, [0; 32], 0, &entry, &key)).collect()
}

pub fn permitted(segment: &SealedSegment) -> PushedSegment {
    PushedSegment::Permitted {
        segment: segment.clone(),
        compressed: compress(segment.bytes()),
        first_received_ms: None,
    }
}

pub fn stored(outcomes: Vec<PushOutcome>) -> Vec<StoredSegment> {
    let one = |outcome| match outcome {
        PushOutcome::Stored(stored) => stored,
        PushOutcome::Refused { code, .. } => panic!("refused: {code:?}"),
    };
    outcomes.into_iter().map(one).collect()
}

/// Stores segments by an empty registry.
pub async fn store(storage: &dyn Storage, segments: &[&SealedSegment]) -> Vec<StoredSegment> {
    let pushed = segments.iter().map(|segment| permitted(segment)).collect();
    stored(storage.receive_segments(pushed, 0, 100).await.expect("stored"))
}

/// Seals and stores `count` segments of one save each to the end of a lane.
pub async fn grow(storage: &dyn Storage, device: &Device, end: &mut LaneEnd, count: usize) -> Vec<SealedSegment> {
    let segments: Vec<SealedSegment> = (0..count).map(|_| device.seal(end, 1)).collect();
    store(storage, &segments.iter().collect::<Vec<_>>()).await;
    segments
}
