//! What only PostgreSQL has: its failures, its settings, its crashes.

use arumbae_protocol::SignedEntry;
use arumbae_server::DatabaseUrl;
use arumbae_server::storage::{Admission, PostgresStorage, SqliteStorage, Storage, StorageError};
use rusqlite::Connection as SqliteConnection;

use super::admission::{BEGUN, admit};
use super::{HERE, Schema, entries, permitted, server, store};
use crate::device::Device;

async fn open(url: &str) -> Result<PostgresStorage, StorageError> {
    PostgresStorage::open(&url.parse::<DatabaseUrl>()?).await
}

/// What opening an address fails with.
async fn fault(url: &str) -> StorageError {
    open(url).await.map(|_| ()).expect_err("it does not open")
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_where_it_fails() {
    assert!(matches!(fault("mysql://localhost/arumbae").await, StorageError::MalformedUrl));
    assert!(matches!(fault("postgres://localhost:port/arumbae").await, StorageError::MalformedUrl));
    assert!(matches!(fault("postgres://localhost:1/arumbae").await, StorageError::Unreachable(_)));
    assert!(matches!(fault("postgres://localhost/x?host=/nowhere").await, StorageError::Unreachable(_)));
    let guarded = server().replace("arumbae@", "guarded:wrong@");
    assert!(matches!(fault(&guarded).await, StorageError::WrongPassword));
    let missing = server().replace("/postgres?", "/no_such_database?");
    assert!(matches!(fault(&missing).await, StorageError::NoSuchDatabase));
    let no_schema = format!("{}&options=-csearch_path%3Dno_such_schema", server());
    assert!(matches!(fault(&no_schema).await, StorageError::NoSuchDatabase));
}

#[tokio::test]
async fn an_address_is_shown_without_user_and_password() {
    let url: DatabaseUrl = "postgres://ana:rahasia@db.invalid:5433/arumbae".parse().expect("an address");
    assert_eq!(format!("{url} {url:?}"), "postgres://db.invalid:5433/arumbae postgres://db.invalid:5433/arumbae");
    let unreadable = "postgres://ana:rahasia@:x:/".parse::<DatabaseUrl>().map_err(|error| format!("{error} {error:?}"));
    assert!(unreadable.is_err_and(|said| !said.contains("rahasia")));
}

#[tokio::test]
async fn a_newer_or_foreign_database_is_left_alone() {
    let schema = Schema::new();
    schema.run("CREATE TABLE employee (name text)").await;
    assert!(matches!(fault(&schema.url_text()).await, StorageError::ForeignDatabase));
    schema.run("INSERT INTO employee VALUES ('CONTOH'); DROP TABLE employee").await;
    open(&schema.url_text()).await.expect("an empty schema");
    open(&schema.url_text()).await.expect("our own schema");
    schema
        .run("INSERT INTO arumbae_migration SELECT 99, description, now(), true, checksum, 0 FROM arumbae_migration LIMIT 1")
        .await;
    assert!(matches!(fault(&schema.url_text()).await, StorageError::NewerSchema));
}

#[tokio::test]
async fn a_user_without_rights_learns_so() {
    let schema = Schema::new();
    let role = format!("reader_of_{}", schema.name);
    schema.run(&format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {} TO {role}", schema.name)).await;
    let outcome = fault(&schema.url_text().replace("arumbae@", &format!("{role}@"))).await;
    schema.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    assert!(matches!(outcome, StorageError::NotPermitted), "{outcome:?}");
}

#[tokio::test]
async fn a_database_that_does_not_write_to_the_disk_is_refused() {
    let schema = Schema::new();
    schema.run("CREATE VIEW pg_settings AS SELECT 'fsync' AS name, 'off' AS setting").await;
    let shadowing = schema.url_text() + "%2Cpg_catalog";
    assert!(matches!(fault(&shadowing).await, StorageError::NotDurable));
}

#[tokio::test]
async fn commits_wait_for_the_disk_whatever_the_default_is() {
    let schema = Schema::new();
    let url = schema.url_text() + "%20-csynchronous_commit%3Doff";
    let storage = open(&url).await.expect("opened");
    schema
        .run(
            "CREATE TABLE noted (value text);
             CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO noted VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
             CREATE TRIGGER note BEFORE INSERT ON segment FOR EACH ROW EXECUTE FUNCTION note()",
        )
        .await;
    let device = Device::new(1);
    store(&storage, &[&device.seal(&mut device.lane(HERE), 1)]).await;
    let noted: Vec<String> =
        sqlx::query_scalar("SELECT value FROM noted").fetch_all(&mut schema.connect().await).await.expect("rows");
    assert_eq!(noted, ["on"]);
}

/// Makes the next inserts into the log fail with an error of PostgreSQL's appendix A.
async fn fail_inserts(schema: &Schema, code: &str, times: u32) {
    schema
        .run(&format!(
            "CREATE SEQUENCE failures;
             CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('failures') <= {times} THEN RAISE EXCEPTION USING ERRCODE = '{code}'; END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER fail BEFORE INSERT ON segment FOR EACH ROW EXECUTE FUNCTION fail()"
        ))
        .await;
}

#[tokio::test]
async fn a_full_disk_stores_nothing_and_is_named() {
    let schema = Schema::new();
    let storage = open(&schema.url_text()).await.expect("opened");
    fail_inserts(&schema, "53100", 1).await;
    let device = Device::new(1);
    let segment = device.seal(&mut device.lane(HERE), 1);
    let outcome = storage.receive_segments(vec![permitted(&segment)], 0, 100).await;
    assert!(matches!(outcome, Err(StorageError::Full)));
    assert_eq!(storage.lane_heads_of(device.device_key()).await.expect("heads"), []);
    assert_eq!(store(&storage, &[&segment]).await[0].gsn, 1, "once there is room it goes on");
}

#[tokio::test]
async fn a_transaction_that_lost_a_race_is_begun_again() {
    let schema = Schema::new();
    let storage = open(&schema.url_text()).await.expect("opened");
    fail_inserts(&schema, "40P01", 3).await;
    let device = Device::new(1);
    let mut end = device.lane(HERE);
    let stored = store(&storage, &[&device.seal(&mut end, 1), &device.seal(&mut end, 1)]).await;
    assert_eq!(stored.iter().map(|stored| stored.gsn).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn connections_that_were_cut_are_made_anew() {
    let schema = Schema::new();
    let url = format!("{}&application_name={}", schema.url_text(), schema.name);
    let storage = open(&url).await.expect("opened");
    storage.append_registry(entries(1, 1)).await.expect("appended");
    for _ in 0..3 {
        schema
            .run(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'",
                schema.name
            ))
            .await;
        let entries: Vec<SignedEntry> = storage.registry_after(0).await.expect("it asks on another connection");
        assert_eq!(entries.len(), 1);
    }
}

#[tokio::test]
async fn after_a_crash_of_the_database_no_request_counts_twice() {
    let schema = Schema::new();
    let storage = open(&schema.url_text()).await.expect("opened");
    storage.remember_requests(BEGUN).await.expect("begun");
    assert_eq!(admit(&storage, (7, BEGUN + 5, 1), BEGUN + 5).await, Admission::First);
    // What recovery does to unlogged tables.
    schema.run("TRUNCATE admitted_request, admission").await;
    assert_eq!(admit(&storage, (7, BEGUN + 5, 1), BEGUN + 9).await, Admission::Forgotten);
    assert_eq!(admit(&storage, (7, BEGUN + 8, 2), BEGUN + 9).await, Admission::Forgotten);
    assert_eq!(admit(&storage, (7, BEGUN + 9, 3), BEGUN + 9).await, Admission::First);
}

#[tokio::test]
async fn requests_are_forgotten_once_they_are_stale() {
    let schema = Schema::new();
    let storage = open(&schema.url_text()).await.expect("opened");
    storage.remember_requests(BEGUN).await.expect("begun");
    for seconds in [1, 2, 400, 800] {
        admit(&storage, (7, BEGUN + seconds, 1), BEGUN + seconds).await;
    }
    let kept: Vec<i64> = sqlx::query_scalar("SELECT created FROM admitted_request ORDER BY created")
        .fetch_all(&mut schema.connect().await)
        .await
        .expect("rows");
    assert_eq!(kept, [BEGUN as i64 + 800]);
}

#[tokio::test]
async fn both_backends_have_the_same_tables() {
    let schema = Schema::new();
    open(&schema.url_text()).await.expect("opened");
    let postgres: Vec<String> = sqlx::query_scalar(
        "SELECT table_name || '.' || column_name FROM information_schema.columns JOIN information_schema.tables
         USING (table_schema, table_name) WHERE table_schema = current_schema()
         AND table_name NOT IN ('arumbae_migration', 'admission', 'admitted_request')
         AND table_name !~ '^segment_[0-9]+$' ORDER BY (table_name || '.' || column_name) COLLATE \"C\"",
    )
    .fetch_all(&mut schema.connect().await)
    .await
    .expect("rows");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("arumbae.db");
    SqliteStorage::open(&path).expect("a new file");
    let file = SqliteConnection::open(&path).expect("the file");
    let mut columns = file
        .prepare(
            "SELECT t.name || '.' || c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1",
        )
        .expect("a statement");
    let sqlite: Vec<String> =
        columns.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("text");
    assert_eq!(postgres, sqlite, "a table or column is added to both");
}
