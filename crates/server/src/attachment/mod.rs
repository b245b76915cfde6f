//! Attachments: whole ones by their hash, unfinished ones in the pieces they arrived in.
//!
//! ```text
//! ab/ab12…                                       a whole attachment, named by its BLAKE3
//! uploads/{device}/{hash}-{length}/open          an upload; holds the Upload-Metadata it was opened with
//! uploads/{device}/{hash}-{length}/{from}-{to}   bytes of it that have arrived
//! ```
//!
//! Objects are put whole, never appended to and never locked, so several servers may stand on one store: an upload
//! reaches as far as its pieces do without a gap, whoever put them. What an answer acknowledges has been put, and in a
//! folder fsynced, before. A whole attachment is evidence and is never deleted here.

mod checksum;
mod place;
mod turns;
mod upload;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::attachment::{MAX_ATTACHMENT, MAX_UNFINISHED, UNFINISHED_DAYS};
use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;

pub use checksum::{Checksum, ChecksumError};
pub use place::{AttachmentPlace, PlaceError, S3Access, UnknownPlace};
use turns::Turns;
pub use upload::Upload;
use upload::{Piece, UPLOADS, reach};

/// Bytes that have arrived are put in pieces of this many, so that each stream needs this much memory and a large
/// attachment no more requests than an S3 store is glad to take.
pub(crate) const PIECE: usize = 256 * 1024;

/// Objects up to this many bytes are put in one request; larger ones in parts of as many.
const PART: usize = 8 * 1024 * 1024;

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
    /// The device has promised more than [`MAX_UNFINISHED`] bytes that have not all arrived.
    #[error("the device has too many unfinished uploads")]
    TooManyUnfinished,
    /// The bytes begin elsewhere than the upload ends.
    #[error("the upload is at another offset")]
    OffsetMismatch,
    /// The bytes are not what their checksum says, or the whole is not what its hash promised. They are not kept.
    #[error("the bytes are not what their hash promised")]
    WrongContent,
    /// The body ended before its end. What had arrived is kept.
    #[error("the body was cut off")]
    CutOff,
    /// The store failed.
    #[error("the attachments' store failed")]
    Store(#[from] object_store::Error),
}

/// Keeps attachments in a folder or an S3 store.
#[derive(Debug)]
pub struct AttachmentStore {
    objects: Arc<dyn ObjectStore>,
    turns: Turns,
}

impl AttachmentStore {
    /// Opens the store, and finds out now, not at the first upload, that it cannot be used.
    pub async fn open(place: &AttachmentPlace) -> Result<Self, PlaceError> {
        Ok(AttachmentStore { objects: place.open().await?, turns: Turns::default() })
    }

    /// Opens an upload, or finds the one the device opened before. `metadata` is its `Upload-Metadata`.
    pub async fn open_upload(&self, upload: Upload, metadata: &str) -> Result<Progress, UploadError> {
        if upload.length > MAX_ATTACHMENT {
            return Err(UploadError::TooLarge);
        }
        let _turn = self.turns.take(upload).await;
        let mut opened = self.pieces(upload).await?;
        if opened.is_none() {
            self.admit(upload).await?;
            self.objects.put(&upload.opened(), Bytes::copy_from_slice(metadata.as_bytes()).into()).await?;
            opened = Some(Vec::new());
        }
        self.progress_of(upload, &opened.unwrap_or_default()).await
    }

    /// How far an upload is, and the metadata it was opened with.
    pub async fn show_upload(&self, upload: Upload) -> Result<(Progress, String), UploadError> {
        let _turn = self.turns.take(upload).await;
        let progress = self.progress(upload).await?;
        let metadata = self.objects.get(&upload.opened()).await?.bytes().await?;
        Ok((progress, String::from_utf8_lossy(&metadata).into_owned()))
    }

    /// Takes in bytes that begin at `offset` as they come. With the last one the whole is checked and becomes an
    /// attachment.
    ///
    /// # Errors
    /// After [`UploadError::CutOff`] what had arrived is kept, without its checksum: the hash of the whole still
    /// stands guard. Bytes that came to their end and do not have their checksums are not kept.
    pub async fn append<E>(
        &self,
        upload: Upload,
        offset: u64,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
        mut checksums: Vec<Checksum>,
    ) -> Result<Progress, UploadError> {
        let turn = self.turns.take(upload).await;
        if self.progress(upload).await?.offset != offset {
            return Err(UploadError::OffsetMismatch);
        }
        let mut arrived = Arrived { store: self, upload, begin: offset, held: BytesMut::new(), put: Vec::new() };
        loop {
            let next = tokio::select! {
                biased;
                () = turn.is_wanted() => None,
                next = body.next() => Some(next),
            };
            match next {
                Some(Some(Ok(bytes))) => {
                    if arrived.end() + bytes.len() as u64 > upload.length {
                        arrived.forget().await?;
                        return Err(UploadError::TooLarge);
                    }
                    checksums.iter_mut().for_each(|checksum| checksum.update(&bytes));
                    arrived.hold(&bytes).await?;
                }
                Some(None) => break,
                Some(Some(Err(_))) | None => {
                    arrived.put().await?;
                    return Err(UploadError::CutOff);
                }
            }
        }
        if !checksums.into_iter().all(Checksum::holds) {
            arrived.forget().await?;
            return Err(UploadError::WrongContent);
        }
        let end = arrived.end();
        arrived.put().await?;
        if end < upload.length {
            Ok(Progress { offset: end, length: upload.length })
        } else {
            self.progress(upload).await
        }
    }

    /// Gives an upload up. The attachment, if it became one, stays.
    pub async fn discard(&self, upload: Upload) -> Result<(), UploadError> {
        let _turn = self.turns.take(upload).await;
        let pieces = self.pieces(upload).await?.ok_or(UploadError::NotFound)?;
        // The mark goes last: what is begun and not finished is found again.
        self.remove_all(pieces.iter().map(|piece| upload.piece(piece)).chain([upload.opened()])).await
    }

    /// The length of a whole attachment, `None` if it is not here.
    pub async fn find(&self, hash: BlobHash) -> Result<Option<u64>, object_store::Error> {
        match self.objects.head(&whole(hash)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Part of a whole attachment.
    pub async fn read(
        &self,
        hash: BlobHash,
        part: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, object_store::Error>>, object_store::Error> {
        if part.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let part = GetOptions::new().with_range(Some(part));
        Ok(self.objects.get_opts(&whole(hash), part).await?.into_stream())
    }

    /// The whole attachments there are, in the order of their hashes.
    pub async fn names(&self) -> Result<Vec<BlobHash>, object_store::Error> {
        let mut names = Vec::new();
        let mut listed = self.objects.list(None);
        while let Some(object) = listed.try_next().await? {
            // Unfinished uploads and what else may lie there stand elsewhere.
            let named = object.location.filename().and_then(|name| name.parse::<BlobHash>().ok());
            names.extend(named.filter(|hash| whole(*hash) == object.location));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Whether a whole attachment is what its name says.
    pub async fn is_sound(&self, hash: BlobHash) -> Result<bool, object_store::Error> {
        let mut hasher = blake3::Hasher::new();
        let mut bytes = self.objects.get(&whole(hash)).await?.into_stream();
        while let Some(bytes) = bytes.try_next().await? {
            hasher.update(&bytes);
        }
        Ok(*hasher.finalize().as_bytes() == hash.0)
    }

    /// The bytes of a whole attachment.
    pub async fn read_whole(&self, hash: BlobHash) -> Result<Bytes, object_store::Error> {
        self.objects.get(&whole(hash)).await?.bytes().await
    }

    /// Keeps a whole attachment whose bytes were checked.
    pub async fn put_whole(&self, hash: BlobHash, bytes: Vec<u8>) -> Result<(), object_store::Error> {
        let mut writer = BufWriter::with_capacity(Arc::clone(&self.objects), whole(hash), PART);
        writer.put(bytes.into()).await?;
        writer.shutdown().await.map_err(writing_failed)
    }

    /// Removes the uploads on which nothing has moved for [`UNFINISHED_DAYS`], finished ones included; returns how many.
    pub async fn remove_expired(&self, now: Timestamp) -> Result<usize, UploadError> {
        let mut uploads: BTreeMap<String, (i64, Vec<Path>)> = BTreeMap::new();
        let mut listed = self.objects.list(Some(&Path::from(UPLOADS)));
        while let Some(object) = listed.try_next().await? {
            let folder = object.location.as_ref().rsplit_once('/').map_or(UPLOADS, |(folder, _)| folder);
            let (latest, objects) = uploads.entry(folder.to_owned()).or_insert((i64::MIN, Vec::new()));
            *latest = (*latest).max(object.last_modified.timestamp());
            objects.push(object.location);
        }
        let oldest = now.as_second().saturating_sub(i64::from(UNFINISHED_DAYS) * 24 * 60 * 60);
        let mut removed = 0;
        for (_, objects) in uploads.into_values().filter(|(latest, _)| *latest < oldest) {
            self.remove_all(objects.into_iter()).await?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Whether the device may promise this much more. What it has finished no longer counts; it is only looked at when
    /// the promises alone are too many.
    async fn admit(&self, upload: Upload) -> Result<(), UploadError> {
        let mut opened = self.uploads_of(upload.device).await?;
        let promised =
            |opened: &[Upload]| opened.iter().map(|one| one.length).sum::<u64>().saturating_add(upload.length);
        if promised(&opened) <= MAX_UNFINISHED {
            return Ok(());
        }
        let mut unfinished = Vec::new();
        for one in opened.drain(..) {
            if self.find(one.hash).await? == Some(one.length) {
                self.discard(one).await?;
            } else {
                unfinished.push(one);
            }
        }
        if promised(&unfinished) <= MAX_UNFINISHED { Ok(()) } else { Err(UploadError::TooManyUnfinished) }
    }

    async fn uploads_of(&self, device: DeviceKey) -> Result<Vec<Upload>, UploadError> {
        let listed = self.objects.list_with_delimiter(Some(&Upload::folder_of(device))).await?;
        let named = |prefix: &Path| Upload::parse(device, prefix.filename()?);
        Ok(listed.common_prefixes.iter().filter_map(named).collect())
    }

    async fn progress(&self, upload: Upload) -> Result<Progress, UploadError> {
        let pieces = self.pieces(upload).await?.ok_or(UploadError::NotFound)?;
        self.progress_of(upload, &pieces).await
    }

    /// An upload is at its end only once the whole is where it belongs; a server that was killed before that is
    /// caught up with here.
    async fn progress_of(&self, upload: Upload, pieces: &[Piece]) -> Result<Progress, UploadError> {
        let Upload { length, .. } = upload;
        if self.find(upload.hash).await? == Some(length) {
            self.remove_all(pieces.iter().map(|piece| upload.piece(piece))).await?;
            return Ok(Progress { offset: length, length });
        }
        let offset = reach(pieces);
        if offset == length {
            self.finish(upload, pieces).await?;
        }
        Ok(Progress { offset, length })
    }

    /// The pieces of an upload from the first byte on, `None` if it was never opened.
    async fn pieces(&self, upload: Upload) -> Result<Option<Vec<Piece>>, UploadError> {
        let objects: Vec<_> = self.objects.list(Some(&upload.folder())).try_collect().await?;
        let opened = objects.iter().any(|object| object.location == upload.opened());
        let mut pieces: Vec<Piece> = objects.iter().filter_map(Piece::of).collect();
        pieces.sort_unstable();
        Ok(opened.then_some(pieces))
    }

    /// Puts the whole in its place, hashed as it is copied, and takes the pieces away.
    async fn finish(&self, upload: Upload, pieces: &[Piece]) -> Result<(), UploadError> {
        let mut writer =
            BufWriter::with_capacity(Arc::clone(&self.objects), whole(upload.hash), PART).with_max_concurrency(2);
        let copied = self.copy(upload, pieces, &mut writer).await;
        if !matches!(copied, Ok(hash) if hash == upload.hash) {
            writer.abort().await?;
        }
        match copied {
            Ok(hash) if hash == upload.hash => writer.shutdown().await.map_err(writing_failed)?,
            Ok(_) => {}
            // Another server was faster and has taken the pieces away.
            Err(object_store::Error::NotFound { .. }) if self.find(upload.hash).await? == Some(upload.length) => {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        self.remove_all(pieces.iter().map(|piece| upload.piece(piece))).await?;
        if copied.is_ok_and(|hash| hash == upload.hash) { Ok(()) } else { Err(UploadError::WrongContent) }
    }

    async fn copy(
        &self,
        upload: Upload,
        pieces: &[Piece],
        writer: &mut BufWriter,
    ) -> Result<BlobHash, object_store::Error> {
        let mut hasher = blake3::Hasher::new();
        let mut at = 0;
        for piece in pieces {
            // Two servers may have taken in the same bytes.
            if piece.to <= at {
                continue;
            }
            let rest = GetOptions::new().with_range(Some(GetRange::Offset(at - piece.from)));
            let mut bytes = self.objects.get_opts(&upload.piece(piece), rest).await?.into_stream();
            while let Some(bytes) = bytes.try_next().await? {
                hasher.update(&bytes);
                writer.put(bytes).await?;
            }
            at = piece.to;
        }
        Ok(BlobHash(*hasher.finalize().as_bytes()))
    }

    async fn remove_all(&self, objects: impl Iterator<Item = Path>) -> Result<(), UploadError> {
        for object in objects {
            match self.objects.delete(&object).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// What has arrived of one body.
struct Arrived<'a> {
    store: &'a AttachmentStore,
    upload: Upload,
    /// Where what is held begins.
    begin: u64,
    held: BytesMut,
    put: Vec<Piece>,
}

impl Arrived<'_> {
    fn end(&self) -> u64 {
        self.begin + self.held.len() as u64
    }

    async fn hold(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE { self.put().await } else { Ok(()) }
    }

    async fn put(&mut self) -> Result<(), UploadError> {
        let bytes = self.held.split().freeze();
        if bytes.is_empty() {
            return Ok(());
        }
        let piece = Piece { from: self.begin, to: self.begin + bytes.len() as u64 };
        self.store.objects.put(&self.upload.piece(&piece), bytes.into()).await?;
        self.begin = piece.to;
        self.put.push(piece);
        Ok(())
    }

    async fn forget(self) -> Result<(), UploadError> {
        self.store.remove_all(self.put.iter().map(|piece| self.upload.piece(piece))).await
    }
}

fn whole(hash: BlobHash) -> Path {
    let name = hash.to_string();
    Path::from_iter([&name[..2], &name])
}

fn writing_failed(error: io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "attachments", source: error.into() }
}

/// Whether a store failed for want of room.
pub fn is_full(error: &object_store::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|io| matches!(io.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
            return true;
        }
        // An `io::Error` shows the source of what it wraps, not what it wraps.
        cause = match io.and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_full(source: impl Into<Box<dyn std::error::Error + Send + Sync>>, expected: bool) {
        let error = object_store::Error::Generic { store: "attachments", source: source.into() };
        assert_eq!(is_full(&error), expected, "{error:?}");
    }

    #[test]
    fn a_full_disk_is_known_by_whatever_lies_deepest() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        check_full(full(), true);
        check_full(io::Error::other(object_store::Error::Generic { store: "folder", source: full().into() }), true);
        check_full(io::Error::from(io::ErrorKind::QuotaExceeded), true);
        check_full(io::Error::from(io::ErrorKind::PermissionDenied), false);
        check_full("the network is down", false);
    }
}
