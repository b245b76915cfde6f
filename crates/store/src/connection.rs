//! Opening the encrypted database.
//!
//! | pragma | value | why |
//! |---|---|---|
//! | `key` | raw 32 bytes and the salt | the data key is random already; SQLCipher's own stretching would only cost time |
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
use crate::folder::with_suffix;
use crate::key_slots::DataKey;
use crate::schema;

/// "Arum" in ASCII.
const APPLICATION_ID: i32 = 0x4172_756d;

/// What SQLCipher makes pages of, in bytes.
pub(crate) const PAGE: usize = 4096;

/// What opens the databases of one installation: the data key, and the salt that all of them share.
///
/// The salt is given rather than read from the file, so that a file without its first bytes can still be read, and so
/// that a page of one of them is a page of any of them.
#[derive(Clone)]
pub(crate) struct Unlocking {
    pub key: DataKey,
    pub mark: [u8; 16],
}

/// Makes a new encrypted database with the current schema.
pub(crate) fn create(path: &Path, with: &Unlocking) -> Result<Connection> {
    let mut connection = create_empty(path, with)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    configure(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

/// Makes a database that has nothing in it yet, not even a schema.
pub(crate) fn create_empty(path: &Path, with: &Unlocking) -> Result<Connection> {
    let connection = Connection::open(path)?;
    unlock(&connection, with)?;
    Ok(connection)
}

/// Opens an existing database for writing. Its schema may be an older one.
///
/// # Errors
/// [`StoreError::Damaged`], [`StoreError::ForeignFile`], [`StoreError::NewerSchema`], [`StoreError::Unwritable`].
pub(crate) fn open(path: &Path, with: &Unlocking) -> Result<Connection> {
    if !path.exists() {
        return Err(StoreError::damaged());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    unlock(&connection, with)?;
    check_first_page(&connection, path, with)?;
    // SQLite opens a file that is write-protected for reading only, and says so to whoever asks.
    if connection.is_readonly("main")? {
        return Err(StoreError::Unwritable(ErrorKind::ReadOnlyFilesystem.into()));
    }
    schema::refuse_newer(&connection)?;
    configure(&connection)?;
    Ok(connection)
}

/// Opens a database without ever writing to it or beside it.
///
/// A file whose log was closed in order is read by itself. One whose log holds anything is read together with it,
/// for which SQLite needs the shared index that lies beside it.
pub(crate) fn open_for_reading(path: &Path, with: &Unlocking) -> Result<Connection> {
    let has_log = std::fs::metadata(with_suffix(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if has_log {
        Connection::open_with_flags(path, flags)?
    } else {
        Connection::open_with_flags(immutable(path)?, flags | OpenFlags::SQLITE_OPEN_URI)?
    };
    unlock(&connection, with)?;
    check_first_page(&connection, path, with)?;
    schema::refuse_newer(&connection)?;
    configure_reading(&connection)?;
    Ok(connection)
}

/// Opens the database another connection of this program writes to, to read one state of it while that goes on.
pub(crate) fn open_beside(path: &Path, with: &Unlocking) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    unlock(&connection, with)?;
    configure_reading(&connection)?;
    Ok(connection)
}

/// Opens what may be a damaged database, without its log, to read what can be read.
pub(crate) fn open_damaged(path: &Path, with: &Unlocking) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(immutable(path)?, flags)?;
    unlock(&connection, with)?;
    configure_reading(&connection)?;
    Ok(connection)
}

/// A name that tells SQLite that nobody writes to the file, so that it needs neither locks nor a log.
fn immutable(path: &Path) -> Result<String> {
    // A URI has no place it starts from.
    let path = std::path::absolute(path)?;
    let name = path.to_str().ok_or_else(|| StoreError::Io(ErrorKind::InvalidFilename.into()))?;
    let mut uri = String::from(if name.starts_with('/') { "file:" } else { "file:/" });
    for byte in name.bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'-' | b'.' | b'_' | b':' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => uri.push(byte.into()),
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    Ok(uri + "?immutable=1")
}

/// The first 16 bytes of a database; `None` if there are none, or only zeros.
pub(crate) fn read_mark(path: &Path) -> Result<Option<[u8; 16]>> {
    let mut head = [0; 16];
    match File::open(path)?.read_exact(&mut head) {
        Ok(()) => Ok(Some(head).filter(|head| head != &[0; 16])),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The first read: whether key and first page fit is known only now.
fn check_first_page(connection: &Connection, path: &Path, with: &Unlocking) -> Result<()> {
    let read: rusqlite::Result<i32> = connection.pragma_query_value(None, "application_id", |row| row.get(0));
    match read.map_err(StoreError::from) {
        Ok(APPLICATION_ID) => Ok(()),
        // Nothing was ever written into it by us.
        Ok(_) if read_mark(path)?.is_none() => Err(StoreError::damaged()),
        Ok(_) => Err(StoreError::ForeignFile),
        Err(StoreError::Damaged { source }) => Err(if is_foreign(connection, path, with)? {
            StoreError::ForeignFile
        } else {
            StoreError::Damaged { source }
        }),
        Err(error) => Err(error),
    }
}

/// Tells a foreign file, which was never ours, from a damaged one, which holds somebody's work: in a foreign file not
/// one page proves itself with our key.
fn is_foreign(connection: &Connection, path: &Path, with: &Unlocking) -> Result<bool> {
    match read_mark(path)? {
        None => Ok(false),
        Some(mark) if mark == with.mark => Ok(false),
        Some(_) => {
            let pages = std::fs::metadata(path)?.len().div_ceil(PAGE as u64);
            let mut statement = connection.prepare("PRAGMA cipher_integrity_check")?;
            let mut complaints = statement.query([])?;
            let mut bad = 0;
            while complaints.next()?.is_some() {
                bad += 1;
            }
            Ok(bad >= pages)
        }
    }
}

fn unlock(connection: &Connection, with: &Unlocking) -> Result<()> {
    let digits = Zeroizing::new(hex::encode(with.key.as_slice()));
    let spec = Zeroizing::new(format!("x'{}{}'", digits.as_str(), hex::encode(with.mark)));
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    connection.pragma_update(None, "cipher_memory_security", false)?;
    connection.pragma_update(None, "key", spec.as_str())?;
    Ok(())
}

/// What a connection needs that only reads.
fn configure_reading(connection: &Connection) -> Result<()> {
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn configure(connection: &Connection) -> Result<()> {
    configure_reading(connection)?;
    let journal: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if journal != "wal" {
        return Err(StoreError::AlreadyOpen);
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 1000)?;
    Ok(())
}
