//! Photos and files of records. Their bytes go through the host's upload, never through JSON.

mod media;

use arumbae_domain::Attachment;
use arumbae_domain::schema::BlobHash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::App;
use crate::error::{AppError, ErrorCode, Result};
use crate::record::new_record_id;

/// The largest file accepted as an attachment, in bytes. A phone's photo has 2 to 8 MB; at 2 KB/s even 20 MB take
/// three hours.
pub const MAX_ATTACHMENT_BYTES: usize = 20 * 1024 * 1024;

/// What an upload was stored as.
#[derive(Debug, Serialize, TS)]
pub struct Uploaded {
    /// The name of the bytes.
    pub blob: BlobHash,
    /// Their length.
    pub byte_length: u64,
}

/// Asks for an attachment of uploaded bytes.
#[derive(Debug, Deserialize, TS)]
pub struct DescribeAttachment {
    /// The uploaded bytes.
    pub blob: BlobHash,
    /// The file's own name.
    pub file_name: String,
}

/// Takes a photo or PDF into the encrypted store, exactly as it is. Nothing refers to it until a record does.
///
/// # Errors
/// [`ErrorCode::AttachmentTooLarge`], [`ErrorCode::AttachmentKind`], [`ErrorCode::AttachmentDamaged`],
/// [`ErrorCode::DiskFull`].
pub async fn upload(app: &App, bytes: Vec<u8>) -> Result<Uploaded> {
    if bytes.len() > MAX_ATTACHMENT_BYTES {
        const MEGABYTE: usize = 1024 * 1024;
        return Err(AppError::new(ErrorCode::AttachmentTooLarge)
            .with("size", bytes.len().div_ceil(MEGABYTE))
            .with("most", MAX_ATTACHMENT_BYTES / MEGABYTE));
    }
    app.with_store(move |store| {
        media::check(&bytes)?;
        let byte_length = bytes.len() as u64;
        Ok(Uploaded { blob: store.put_blob(&bytes)?, byte_length })
    })
    .await
}

/// The bytes of an attachment or of an issued document, by the text of their hash.
///
/// # Errors
/// [`ErrorCode::BadArguments`] for what is no hash, [`ErrorCode::AttachmentMissing`].
pub async fn download(app: &App, blob: &str) -> Result<Vec<u8>> {
    let blob: BlobHash = blob.parse().map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?;
    app.with_store(move |store| store.blob(blob)?.ok_or_else(|| AppError::new(ErrorCode::AttachmentMissing))).await
}

pub(crate) async fn attachment_describe(app: &App, args: DescribeAttachment) -> Result<Attachment> {
    let now_ms = app.now_ms();
    app.with_store(move |store| {
        let bytes = store.blob(args.blob)?.ok_or_else(|| AppError::new(ErrorCode::AttachmentMissing))?;
        Ok(Attachment {
            id: new_record_id(now_ms),
            blob: Some(args.blob),
            file_name: args.file_name,
            media_type: media::check(&bytes)?.to_owned(),
            byte_length: i64::try_from(bytes.len()).ok(),
            caption: String::new(),
            taken_at: media::taken_at(&bytes),
            sha256: hex::encode(Sha256::digest(&bytes)),
        })
    })
    .await
}
