//! The folder of the attachments: whole ones by their hash, unfinished ones as they grow.
//!
//! ```text
//! attachments/ab/ab12…           a whole attachment, named by its BLAKE3
//! attachments/uploads/{id}.note  what an upload promised: hash and length
//! attachments/uploads/{id}.part  what has arrived of it; its length is the upload's offset
//! ```
//!
//! The folder is the only truth about an upload, so a server that was killed resumes where the disk says.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::attachment::MAX_ATTACHMENT;
use arumbae_protocol::cbor;
use serde::{Deserialize, Serialize};

use crate::start_error::StartError;

/// What an upload promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The attachment's BLAKE3.
    pub hash: BlobHash,
    /// Its length in bytes.
    pub length: u64,
}

/// Names an upload. The same device promising the same attachment gets the same one, so that it can resume even
/// when the answer to its first request was lost; another device's cannot disturb it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadId(BlobHash);

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes have arrived.
    pub offset: u64,
    /// How many were promised.
    pub length: u64,
}

/// Why an upload does not go on.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// No such upload.
    #[error("no such upload")]
    NotFound,
    /// Larger than [`MAX_ATTACHMENT`], or than promised.
    #[error("the attachment is larger than allowed or promised")]
    TooLarge,
    /// Another offset than the folder holds, or another request is writing.
    #[error("the upload is at another offset")]
    OffsetMismatch,
    /// The whole is not what its hash promised; the upload starts again from nothing.
    #[error("the attachment is not what its hash promised")]
    WrongContent,
    /// The folder failed.
    #[error("the attachments' folder failed")]
    Folder(#[from] io::Error),
}

/// The folder. Its methods block; call them off the async threads.
#[derive(Debug)]
pub struct AttachmentFolder {
    root: PathBuf,
    writing: Mutex<HashSet<BlobHash>>,
}

impl UploadId {
    fn of(device: DeviceKey, Promise { hash, length }: Promise) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("arumbae 2026 upload id");
        hasher.update(&device.0).update(&hash.0).update(&length.to_le_bytes());
        UploadId(BlobHash(*hasher.finalize().as_bytes()))
    }

    /// Reads the hexadecimal form back.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(UploadId)
    }
}

impl std::fmt::Display for UploadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl AttachmentFolder {
    /// Opens the folder under `data_dir`, making it if need be.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, StartError> {
        let root = data_dir.join("attachments");
        let uploads = root.join("uploads");
        fs::create_dir_all(&uploads).map_err(|source| StartError::Folder { path: uploads, source })?;
        Ok(AttachmentFolder { root, writing: Mutex::new(HashSet::new()) })
    }

    /// Opens an upload, or finds the one the device opened before.
    pub fn promise(&self, device: DeviceKey, promise: Promise) -> Result<(UploadId, Progress), UploadError> {
        if promise.length > MAX_ATTACHMENT {
            return Err(UploadError::TooLarge);
        }
        let id = UploadId::of(device, promise);
        write_whole(&self.note_path(id), &cbor::to_bytes(&promise))?;
        if promise.length == 0 {
            self.append(device, id, 0, &[])?;
        }
        Ok((id, self.progress(device, id)?))
    }

    /// How far an upload is.
    pub fn progress(&self, device: DeviceKey, id: UploadId) -> Result<Progress, UploadError> {
        let Promise { hash, length } = self.read_note(device, id)?;
        let offset = if self.blob_path(hash).exists() { length } else { part_length(&self.part_path(id))? };
        Ok(Progress { offset, length })
    }

    /// Appends bytes that begin at `offset`. With the last one the whole is checked and becomes an attachment.
    pub fn append(&self, device: DeviceKey, id: UploadId, offset: u64, bytes: &[u8]) -> Result<Progress, UploadError> {
        let _turn = Turn::take(&self.writing, id.0).ok_or(UploadError::OffsetMismatch)?;
        let Promise { hash, length } = self.read_note(device, id)?;
        if self.progress(device, id)?.offset != offset {
            return Err(UploadError::OffsetMismatch);
        }
        let end = offset + bytes.len() as u64;
        if end > length {
            return Err(UploadError::TooLarge);
        }
        if self.blob_path(hash).exists() {
            return Ok(Progress { offset: length, length });
        }
        let part = self.part_path(id);
        let mut file = File::options().create(true).truncate(false).write(true).open(&part)?;
        file.seek(SeekFrom::Start(offset))?;
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_data()) {
            // Half a chunk must not count as arrived.
            file.set_len(offset)?;
            return Err(error.into());
        }
        drop(file);
        if end == length {
            self.finish(&part, hash)?;
        }
        Ok(Progress { offset: end, length })
    }

    /// Gives an upload up.
    pub fn discard(&self, device: DeviceKey, id: UploadId) -> Result<(), UploadError> {
        let _turn = Turn::take(&self.writing, id.0).ok_or(UploadError::OffsetMismatch)?;
        self.read_note(device, id)?;
        remove_if_there(&self.part_path(id))?;
        remove_if_there(&self.note_path(id))?;
        Ok(())
    }

    /// A whole attachment and its length.
    pub fn find(&self, hash: BlobHash) -> io::Result<Option<(File, u64)>> {
        match File::open(self.blob_path(hash)) {
            Ok(file) => {
                let length = file.metadata()?.len();
                Ok(Some((file, length)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn finish(&self, part: &Path, hash: BlobHash) -> Result<(), UploadError> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(File::open(part)?)?;
        if *hasher.finalize().as_bytes() != hash.0 {
            fs::remove_file(part)?;
            return Err(UploadError::WrongContent);
        }
        let whole = self.blob_path(hash);
        if let Some(folder) = whole.parent() {
            fs::create_dir_all(folder)?;
            fs::rename(part, &whole)?;
            sync_folder(folder)?;
        }
        Ok(())
    }

    /// What an upload promised. For other devices than its own there is none: whoever reads a segment knows the hash, and
    /// whoever knows the registry could name a colleague's upload.
    fn read_note(&self, device: DeviceKey, id: UploadId) -> Result<Promise, UploadError> {
        match fs::read(self.note_path(id)) {
            Ok(bytes) => {
                let promise = cbor::from_bytes(&bytes).ok().filter(|promise| UploadId::of(device, *promise) == id);
                promise.ok_or(UploadError::NotFound)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(UploadError::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    fn blob_path(&self, hash: BlobHash) -> PathBuf {
        let name = hash.to_string();
        self.root.join(&name[..2]).join(name)
    }

    fn note_path(&self, id: UploadId) -> PathBuf {
        self.root.join("uploads").join(format!("{id}.note"))
    }

    fn part_path(&self, id: UploadId) -> PathBuf {
        self.root.join("uploads").join(format!("{id}.part"))
    }
}

/// The right to write one upload; two requests writing at once would interleave.
struct Turn<'a> {
    writing: &'a Mutex<HashSet<BlobHash>>,
    id: BlobHash,
}

impl<'a> Turn<'a> {
    fn take(writing: &'a Mutex<HashSet<BlobHash>>, id: BlobHash) -> Option<Self> {
        let free = writing.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        free.then_some(Turn { writing, id })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

fn part_length(part: &Path) -> io::Result<u64> {
    match fs::metadata(part) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = path.with_extension("new");
    let mut file = File::create(&written)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&written, path)
}

/// Makes a rename durable. Windows has no such call and needs none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
