//! What only the SQLite file has.

use arumbae_server::storage::{SqliteStorage, Storage};
use rusqlite::Connection;

use super::{HERE, THERE, store};
use crate::device::Device;

#[tokio::test]
async fn a_file_from_before_scope_heads_learns_them_from_its_log() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("arumbae.db");
    let device = Device::new(1);
    let (mut here, mut there) = (device.lane(HERE), device.lane(THERE));
    let storage = SqliteStorage::open(&path).expect("a new file");
    store(&storage, &[&device.seal(&mut here, 1), &device.seal(&mut there, 1), &device.seal(&mut here, 1)]).await;
    let heads = storage.scope_heads().await.expect("heads");
    drop(storage);
    let old = Connection::open(&path).expect("the file");
    old.execute_batch(
        "DROP TABLE document_file; DROP TABLE document; DROP TABLE document_cursor; DROP TABLE scope_head;
         DROP TABLE contact; DROP INDEX invitation_code;
         ALTER TABLE invitation DROP COLUMN made_ms; ALTER TABLE invitation DROP COLUMN revoked_ms;
         ALTER TABLE invitation DROP COLUMN code_number; ALTER TABLE invitation DROP COLUMN code_salt;
         ALTER TABLE invitation DROP COLUMN server_url; ALTER TABLE invitation DROP COLUMN tries;
         ALTER TABLE invitation DROP COLUMN tried_ms;
         PRAGMA user_version = 2;",
    )
    .expect("as it was");
    drop(old);
    let storage = SqliteStorage::open(&path).expect("the old file");
    assert_eq!(storage.scope_heads().await.expect("heads"), heads);
    let next = store(&storage, &[&device.seal(&mut here, 1)]).await;
    assert_eq!(next[0].gsn, 3, "and goes on where it ended");
}
