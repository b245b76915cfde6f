//! Opening the encrypted database.
//!
//! | pragma | value | why |
//! |---|---|---|
//! | `key` | raw 32 bytes | the data key is random already; SQLCipher's own stretching would only cost time |
//! | `cipher_log_level` | `NONE` | errors are returned; nothing of ours is printed |
//! | `cipher_memory_security` | `OFF` | SQLCipher's default: locking and wiping all of SQLite's memory costs a third of the work of a merge, and the same words lie in the program's memory anyway; keys are wiped by us |
//! | `application_id` | `0x4172756d` | the file says that it is Arumbae's |
//! | `journal_mode` | `WAL` | readers never wait for the writer; a torn write is undone at the next open |
//! | `synchronous` | `FULL` | a save is on the disk before it is acknowledged |
//! | `foreign_keys` | `ON` | a segment without its lane would be a bug; let it fail at once |
//! | `temp_store` | `MEMORY` | sorting must not leave readable pages in temporary files |
//! | `trusted_schema` | `OFF` | a tampered schema cannot call functions |
//! | `cell_size_check` | `ON` | a damaged page is noticed when it is read |
//! | `wal_autocheckpoint` | `1000` pages | keeps the WAL near 4 MB |
//! | `cache_size` | 16 MiB | enough for a bulk save of an attendance without spilling |
//! | `busy_timeout` | 0 | there is one writer; waiting for another would hide a second program |

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use crate::error::{Result, StoreError};
use crate::key_slots::DataKey;
use crate::schema;

/// "Arum" in ASCII.
const APPLICATION_ID: i32 = 0x4172_756d;
const PLAIN_SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Makes a new encrypted database with the current schema.
pub(crate) fn create(path: &Path, key: &DataKey) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    unlock(&connection, key)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    configure(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

/// Opens an existing database whose first bytes are `mark` and brings its schema up to date.
pub(crate) fn open(path: &Path, key: &DataKey, mark: &[u8; 16]) -> Result<Connection> {
    check_head(path, mark)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    unlock(&connection, key)?;
    // The first read: whether key and first page fit is known only now.
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(StoreError::ForeignFile);
    }
    schema::refuse_newer(&connection)?;
    configure(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

/// Opens what may be a damaged database, to read what can be read; it is not written to.
pub(crate) fn open_damaged(path: &Path, key: &DataKey) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    unlock(&connection, key)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// The first 16 bytes of a database: SQLCipher's salt, random for every file.
pub(crate) fn read_mark(path: &Path) -> Result<[u8; 16]> {
    let mut head = [0; 16];
    match File::open(path)?.read_exact(&mut head) {
        Ok(()) => Ok(head),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(StoreError::damaged()),
        Err(error) => Err(error.into()),
    }
}

/// Tells a foreign file, which was never ours, from a damaged one, which holds somebody's work.
fn check_head(path: &Path, mark: &[u8; 16]) -> Result<()> {
    let head = match read_mark(path) {
        Err(StoreError::Io(error)) if error.kind() == ErrorKind::NotFound => return Err(StoreError::damaged()),
        other => other?,
    };
    if &head == mark {
        Ok(())
    } else if &head == PLAIN_SQLITE_HEADER || head != [0; 16] {
        Err(StoreError::ForeignFile)
    } else {
        Err(StoreError::damaged())
    }
}

fn unlock(connection: &Connection, key: &DataKey) -> Result<()> {
    let digits = Zeroizing::new(hex::encode(key.as_slice()));
    let spec = Zeroizing::new(format!("x'{}'", digits.as_str()));
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    connection.pragma_update(None, "cipher_memory_security", false)?;
    connection.pragma_update(None, "key", spec.as_str())?;
    Ok(())
}

fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(std::time::Duration::ZERO)?;
    let journal: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if journal != "wal" {
        return Err(StoreError::AlreadyOpen);
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 1000)?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
