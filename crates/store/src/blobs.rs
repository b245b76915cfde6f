//! Attachments' bytes: named by their BLAKE3 hash, held once, in pieces, encrypted with everything else.

use arumbae_domain::schema::BlobHash;

use crate::error::Result;
use crate::opening::Store;
use crate::views::BlobState;

impl Store {
    /// Keeps bytes and returns their name; the same bytes are held once.
    pub fn put_blob(&mut self, bytes: &[u8]) -> Result<BlobHash> { let _ = bytes; unimplemented!() }

    /// The bytes of an attachment, `None` if they are not here whole.
    pub fn blob(&self, hash: BlobHash) -> Result<Option<Vec<u8>>> { let _ = hash; unimplemented!() }

    /// Part of an attachment's bytes from `offset` on, at most `length` of them; for sending it piece by piece.
    pub fn read_blob(&self, hash: BlobHash, offset: u64, length: usize) -> Result<Option<Vec<u8>>> { let _ = (hash, offset, length); unimplemented!() }

    /// Keeps the next bytes of an attachment that is being received. Once it is whole its hash is checked.
    pub fn receive_blob(&mut self, hash: BlobHash, byte_length: u64, offset: u64, bytes: &[u8]) -> Result<BlobState> { let _ = (hash, byte_length, offset, bytes); unimplemented!() }

    /// What is held of an attachment.
    pub fn blob_state(&self, hash: BlobHash) -> Result<BlobState> { let _ = hash; unimplemented!() }

    /// Attachments that records refer to and that are not here whole.
    pub fn blobs_missing(&self) -> Result<Vec<BlobState>> { unimplemented!() }

    /// Attachments that records refer to and that the province does not hold yet.
    pub fn blobs_to_send(&self) -> Result<Vec<BlobState>> { unimplemented!() }

    /// Notes that the province holds an attachment.
    pub fn mark_blob_sent(&mut self, hash: BlobHash, now_ms: u64) -> Result<()> { let _ = (hash, now_ms); unimplemented!() }
}
