//! The folder of an installation: what lies in it, who may open it, how its small files are replaced.
//!
//! - `store.db`, with `-wal` and `-shm` beside it: the encrypted database.
//! - `slots.json`: the key slots; no name and nothing readable of a record.
//! - `store.lock`: held while the store is open, so that there is one writer only.
//! - `store.new.db`: a database that is being made.
//! - `store.db.damaged-*`: databases set aside by a recovery, kept for ever.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Result, StoreError};

/// The paths of one installation.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new(path: &Path) -> Self {
        Folder { path: path.to_owned() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn database(&self) -> PathBuf {
        self.path.join("store.db")
    }

    /// A database that is being made; it takes its name when it is complete and its slots are written.
    pub fn unfinished(&self) -> PathBuf {
        self.path.join("store.new.db")
    }

    pub fn slots(&self) -> PathBuf {
        self.path.join("slots.json")
    }

    /// Moves the database out of the way under a name not taken yet, as it is. Returns where it lies now.
    pub fn set_database_aside(&self) -> Result<PathBuf> {
        let free = (1..).map(|number| self.path.join(format!("store.db.damaged-{number}"))).find(|path| !path.exists());
        let aside = free.unwrap_or_else(|| self.path.join("store.db.damaged"));
        for suffix in ["-wal", "-shm", ""] {
            match fs::rename(with_suffix(&self.database(), suffix), with_suffix(&aside, suffix)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        sync_folder_of(&aside)?;
        Ok(aside)
    }

    /// Gives the unfinished database its name.
    pub fn name_unfinished(&self) -> Result<()> {
        fs::rename(self.unfinished(), self.database())?;
        sync_folder_of(&self.database())
    }

    /// Removes what an interrupted creation left, which was never anybody's store.
    pub fn discard_unfinished(&self) -> Result<()> {
        for suffix in ["", "-wal", "-shm"] {
            match fs::remove_file(with_suffix(&self.unfinished(), suffix)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes the lock, which ends with the returned file or the process, whichever comes first.
    pub fn lock(&self) -> Result<File> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(self.path.join("store.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// Replaces a file whole: after a power cut there is the old one or the new one, never a part of either.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = path.with_extension("new");
    let mut file = create_private(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&fresh, path)?;
    sync_folder_of(path)
}

/// Creates or empties a file that only its owner may read, where the system knows of owners.
pub(crate) fn create_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    Ok(options.open(path)?)
}

/// Makes a rename durable. Windows has no such call; NTFS journals the rename itself.
pub(crate) fn sync_folder_of(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
