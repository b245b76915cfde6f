//! Attachments' bytes: named by their BLAKE3 hash, held once, in pieces, encrypted with everything else.

use arumbae_domain::Scope;
use arumbae_domain::schema::BlobHash;

use crate::error::{Result, StoreError};
use crate::opening::Store;
use crate::tables::blob::{self, BlobRow};
use crate::views::{BlobSource, BlobState};

impl Store {
    /// Keeps bytes and returns their name; the same bytes are held once.
    pub fn put_blob(&mut self, bytes: &[u8]) -> Result<BlobHash> {
        let hash = BlobHash(*blake3::hash(bytes).as_bytes());
        self.write(|tx| {
            match blob::find(tx, hash)? {
                Some(known) if known.is_whole() => return Ok(()),
                // Part of it was received: what is at hand is whole, and simpler than finding the rest.
                Some(known) => blob::empty(tx, known.rid)?,
                None => {}
            }
            let mut row = blob::insert(tx, hash, bytes.len() as u64)?;
            blob::append(tx, &mut row, bytes)
        })?;
        Ok(hash)
    }

    /// The bytes of an attachment, `None` if they are not here whole.
    ///
    /// # Errors
    /// [`StoreError::BlobMismatch`] if what is held no longer has this hash.
    pub fn blob(&self, hash: BlobHash) -> Result<Option<Vec<u8>>> {
        let Some(row) = blob::find(&self.connection, hash)?.filter(|row| row.is_whole()) else { return Ok(None) };
        let mut bytes = Vec::with_capacity(row.byte_length as usize);
        blob::for_each_piece(&self.connection, &row, 0, |_, piece| {
            bytes.extend_from_slice(piece);
            true
        })?;
        if blake3::hash(&bytes).as_bytes() == &hash.0 { Ok(Some(bytes)) } else { Err(StoreError::BlobMismatch) }
    }

    /// Part of an attachment's bytes from `offset` on, at most `length` of them; for sending it piece by piece.
    /// `None` if the attachment is not here whole.
    pub fn read_blob(&self, hash: BlobHash, offset: u64, length: usize) -> Result<Option<Vec<u8>>> {
        let Some(row) = blob::find(&self.connection, hash)?.filter(|row| row.is_whole()) else { return Ok(None) };
        let mut bytes = Vec::with_capacity(length.min(row.byte_length as usize));
        blob::for_each_piece(&self.connection, &row, offset, |at, piece| {
            let from = (offset.saturating_sub(at) as usize).min(piece.len());
            let to = (from + length - bytes.len()).min(piece.len());
            bytes.extend_from_slice(&piece[from..to]);
            bytes.len() < length
        })?;
        Ok(Some(bytes))
    }

    /// Keeps the next bytes of an attachment that is being received. Once it is whole its hash is checked.
    ///
    /// # Errors
    /// [`StoreError::BlobMismatch`] if the bytes do not follow what is held, or the whole does not have the hash; it
    /// must then be fetched again from the start.
    pub fn receive_blob(
        &mut self,
        hash: BlobHash,
        byte_length: u64,
        offset: u64,
        bytes: &[u8],
        source: BlobSource,
    ) -> Result<BlobState> {
        let known = blob::find(&self.connection, hash)?;
        if let Some(row) = known.filter(|row| row.is_whole()) {
            return Ok(BlobState { hash, byte_length: row.byte_length, held_bytes: row.held_bytes, sent: row.sent });
        }
        let row = self.write(|tx| {
            let mut row = match known {
                Some(row) if row.byte_length == byte_length => row,
                Some(row) => {
                    blob::empty(tx, row.rid)?;
                    blob::insert(tx, hash, byte_length)?
                }
                None => blob::insert(tx, hash, byte_length)?,
            };
            if offset != row.held_bytes || bytes.len() as u64 > byte_length - row.held_bytes {
                return Err(StoreError::BlobMismatch);
            }
            blob::append(tx, &mut row, bytes)?;
            Ok(row)
        })?;
        if row.is_whole() {
            let mut hasher = blake3::Hasher::new();
            blob::for_each_piece(&self.connection, &row, 0, |_, piece| {
                hasher.update(piece);
                true
            })?;
            if hasher.finalize().as_bytes() != &hash.0 {
                self.write(|tx| blob::empty(tx, row.rid))?;
                return Err(StoreError::BlobMismatch);
            }
            // What came from the province need not be sent there.
            if source == BlobSource::Province {
                self.write(|tx| blob::set_sent(tx, hash, 0))?;
            }
        }
        let sent = row.is_whole() && source == BlobSource::Province;
        Ok(BlobState { hash, byte_length, held_bytes: row.held_bytes, sent })
    }

    /// What is held of an attachment.
    pub fn blob_state(&self, hash: BlobHash) -> Result<BlobState> {
        let row = blob::find(&self.connection, hash)?;
        let (byte_length, held_bytes, sent) =
            row.map_or((0, 0, false), |row| (row.byte_length, row.held_bytes, row.sent));
        Ok(BlobState { hash, byte_length, held_bytes, sent })
    }

    /// Attachments that records refer to and that are not here whole.
    pub fn blobs_missing(&self) -> Result<Vec<BlobState>> {
        blob::missing(&self.connection)
    }

    /// Which of these attachments are here whole and named by a record of a scope that its reader may read.
    pub fn blobs_held_of(&self, hashes: &[BlobHash], may_read: impl Fn(&Scope) -> bool) -> Result<Vec<BlobState>> {
        let mut held = Vec::new();
        for hash in hashes {
            let Some(row) = blob::find(&self.connection, *hash)?.filter(BlobRow::is_whole) else { continue };
            if blob::scopes(&self.connection, *hash)?.iter().any(&may_read) {
                let BlobRow { rid: _, byte_length, held_bytes, sent } = row;
                held.push(BlobState { hash: *hash, byte_length, held_bytes, sent });
            }
        }
        Ok(held)
    }

    /// Attachments that records refer to and that the province does not hold yet.
    pub fn blobs_to_send(&self) -> Result<Vec<BlobState>> {
        blob::unsent(&self.connection)
    }

    /// Notes that the province holds an attachment.
    pub fn mark_blob_sent(&mut self, hash: BlobHash, now_ms: u64) -> Result<()> {
        self.write(|tx| blob::set_sent(tx, hash, now_ms))
    }
}
