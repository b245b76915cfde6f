//! The folder of an installation: what lies in it, who may open it, how its small files are replaced.
//!
//! - `store.db`, with `-wal` and `-shm` beside it: the encrypted database.
//! - `slots.json`: the key slots; no name and nothing readable of a record.
//! - `store.lock`: held while the store is open, so that there is one writer only.
//! - `store.new.db`: a database that is being made; `store.next.db`: one that is complete and takes its name next.
//! - `backups/`: backups, and a second copy of the slots, so that the folder can be copied elsewhere and opened there.
//! - `store.db.aside-*`, `slots.json.aside-*`: what a recovery or a restore replaced, kept for ever.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Result, StoreError};

/// A program that this one starts has all its open files, and so its locks, for an instant: asked so many times, with
/// a pause between, the lock of a store that was just closed is free.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(5);

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

    /// A database that is being made; whatever it holds, it may be thrown away.
    pub fn unfinished(&self) -> PathBuf {
        self.path.join("store.new.db")
    }

    /// A database that is complete, and takes its name once the one before it is set aside.
    fn next(&self) -> PathBuf {
        self.path.join("store.next.db")
    }

    pub fn slots(&self) -> PathBuf {
        self.path.join("slots.json")
    }

    pub fn backups(&self) -> PathBuf {
        self.path.join("backups")
    }

    /// The second copy of the slots.
    pub fn slots_copy(&self) -> PathBuf {
        self.backups().join("slots.json")
    }

    /// Whether anything of a store lies here.
    pub fn holds_store(&self) -> bool {
        [self.slots(), self.slots_copy(), self.database()].iter().any(|path| path.exists())
    }

    /// Calls the unfinished database complete: from here on it is this store's next one, whatever interrupts.
    pub fn complete(&self) -> Result<()> {
        fs::rename(self.unfinished(), self.next())?;
        sync_folder_of(&self.next())
    }

    /// Gives a complete database its name, and sets the one that has it aside. Does nothing if there is none, so it
    /// also finishes what was interrupted.
    pub fn take_up_next(&self) -> Result<Option<PathBuf>> {
        if !self.next().exists() {
            return Ok(None);
        }
        let aside = self.set_aside(&self.database(), &["-wal", "-shm", ""])?;
        fs::rename(self.next(), self.database())?;
        sync_folder_of(&self.database())?;
        Ok(aside)
    }

    /// Moves a file, with what belongs to it, out of the way under a name not taken yet, as it is. Returns where it
    /// lies now, `None` if there was nothing.
    pub fn set_aside(&self, file: &Path, suffixes: &[&str]) -> Result<Option<PathBuf>> {
        let Some(aside) = (1..u32::MAX)
            .map(|number| with_suffix(file, &format!(".aside-{number}")))
            // What an interruption has moved already keeps its name, and the rest joins it.
            .find(|aside| {
                let taken = |suffix: &str| with_suffix(aside, suffix).exists();
                !taken("") && suffixes.iter().all(|suffix| !taken(suffix) || !with_suffix(file, suffix).exists())
            })
        else {
            return Err(StoreError::Io(ErrorKind::AlreadyExists.into()));
        };
        let mut moved = false;
        for suffix in suffixes {
            match fs::rename(with_suffix(file, suffix), with_suffix(&aside, suffix)) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => moved |= other.map(|()| true)?,
            }
        }
        sync_folder_of(&aside)?;
        Ok(moved.then_some(aside))
    }

    /// Removes what an interrupted creation or recovery left, which was never anybody's store.
    pub fn discard_unfinished(&self) -> Result<()> {
        discard(&self.unfinished())
    }

    /// Takes the lock, which ends with the returned file or the process, whichever comes first. Where nothing can be
    /// written, an existing lock is taken as it is, and none if there is none: nobody else can write there either.
    pub fn lock(&self) -> Result<Option<File>> {
        let path = self.path.join("store.lock");
        let file = match OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) => match (StoreError::from(error), File::open(&path)) {
                (StoreError::Unwritable(_) | StoreError::DiskFull, Ok(file)) => file,
                (StoreError::Unwritable(_) | StoreError::DiskFull, Err(error))
                    if error.kind() == ErrorKind::NotFound =>
                {
                    return Ok(None);
                }
                (error, _) => return Err(error),
            },
        };
        let mut patience = LOCK_ATTEMPTS;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) if patience > 0 => {
                    patience -= 1;
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::AlreadyOpen),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }
}

/// Removes a database that nobody needs, with what lies beside it.
pub(crate) fn discard(database: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(with_suffix(database, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
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
