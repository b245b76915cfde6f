//! Photos and files of records. Their bytes go through the host's upload, never through JSON.

mod media;

use arumbae_domain::Attachment;
use arumbae_domain::schema::BlobHash;
use arumbae_store::BlobState;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::App;
use crate::app::in_background;
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
    let DescribeAttachment { blob, file_name } = args;
    let id = new_record_id(app.now_ms());
    let missing = || AppError::new(ErrorCode::AttachmentMissing);
    let bytes = app.with_store(move |store| store.blob(blob)?.ok_or_else(missing)).await?;
    // A large photo takes a second to make small; nobody waits for the store meanwhile.
    let described = in_background(move || {
        let attachment = Attachment {
            id,
            blob: Some(blob),
            file_name,
            media_type: media::check(&bytes)?.to_owned(),
            byte_length: i64::try_from(bytes.len()).ok(),
            taken_at: media::taken_at(&bytes),
            sha256: hex::encode(Sha256::digest(&bytes)),
            ..Default::default()
        };
        Ok((attachment, media::preview(&bytes)))
    });
    let (attachment, preview) = described.await?;
    let Some(preview) = preview else { return Ok(attachment) };
    let preview = app.with_store(move |store| Ok(store.put_blob(&preview)?)).await?;
    Ok(Attachment { preview: Some(preview), ..attachment })
}

/// Asks where a photo or file stands.
#[derive(Debug, Deserialize, TS)]
pub struct AskAttachment {
    /// The original.
    pub blob: BlobHash,
    /// The small picture that travels ahead of it.
    pub preview: Option<BlobHash>,
}

/// Where a photo or file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// It is here and nothing of it has been sent.
    Waiting,
    /// The province has the preview; the original waits for a link it is allowed on.
    PreviewSent,
    /// The province has it and has checked its hash.
    Sent,
    /// Only the preview has come here.
    PreviewHere,
    /// It is on another laptop or on its way here.
    Elsewhere,
}

pub(crate) async fn attachment_state(app: &App, args: AskAttachment) -> Result<AttachmentState> {
    app.with_store(move |store| {
        let original = store.blob_state(args.blob)?;
        let preview = args.preview.map(|preview| store.blob_state(preview)).transpose()?;
        let preview_is = |what: fn(&BlobState) -> bool| preview.as_ref().is_some_and(what);
        Ok(match (original.is_whole(), original.sent) {
            (true, true) => AttachmentState::Sent,
            (true, false) if preview_is(|preview| preview.sent) => AttachmentState::PreviewSent,
            (true, false) => AttachmentState::Waiting,
            (false, _) if preview_is(BlobState::is_whole) => AttachmentState::PreviewHere,
            (false, _) => AttachmentState::Elsewhere,
        })
    })
    .await
}

/// Holds the bytes that are here against what the record says of them.
#[derive(Debug, Deserialize, TS)]
pub struct VerifyAttachment {
    /// The photo or file.
    pub blob: BlobHash,
    /// The SHA-256 in the record, hexadecimal.
    pub sha256: String,
}

/// Whether the bytes have the SHA-256 that stands in the record; their BLAKE3 is checked whenever they are read.
pub(crate) async fn attachment_verify(app: &App, args: VerifyAttachment) -> Result<bool> {
    let missing = || AppError::new(ErrorCode::AttachmentMissing);
    app.with_store(move |store| {
        let bytes = store.blob(args.blob)?.ok_or_else(missing)?;
        Ok(hex::encode(Sha256::digest(&bytes)).eq_ignore_ascii_case(&args.sha256))
    })
    .await
}
