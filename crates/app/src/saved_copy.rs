//! Files that the program hands out: copies of documents, proofs of records, what is held back. The host asks the
//! officer where they shall go; no path ever comes from a screen.

use arumbae_domain::schema::{BlobHash, RecordId};
use arumbae_store::HistoryQuery;
use serde::Deserialize;
use ts_rs::TS;

use crate::App;
use crate::attachment;
use crate::error::{AppError, ErrorCode, Result};
use crate::receipt_statement::receipt_statement;
use crate::record::existing;

/// What a copy is wanted of.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum CopySource {
    /// An issued document or an attachment.
    Document {
        /// Its file.
        blob: BlobHash,
    },
    /// The proof of everything that was saved about a record, for `arumbae-cli verify-log`.
    Proof {
        /// The record.
        record: RecordId,
    },
    /// The province's receipts for this laptop's work, on paper.
    Receipts,
    /// A segment in quarantine as it came, for the province.
    Held {
        /// Its hash, hexadecimal.
        hash: String,
    },
}

/// The bytes of a copy.
///
/// # Errors
/// [`ErrorCode::AttachmentMissing`], [`ErrorCode::RecordMissing`], [`ErrorCode::HistoryElsewhere`],
/// [`ErrorCode::NotEnrolled`], [`ErrorCode::HeldGone`].
pub async fn bytes_of(app: &App, source: CopySource) -> Result<Vec<u8>> {
    match source {
        CopySource::Document { blob } => attachment::download(app, &blob.to_string()).await,
        CopySource::Proof { record } => {
            let now_ms = app.now_ms();
            app.with_store(move |store| {
                existing(store, record)?;
                if store.history(record, &HistoryQuery { limit: 1, ..HistoryQuery::default() })?.absent > 0 {
                    return Err(AppError::new(ErrorCode::HistoryElsewhere));
                }
                Ok(store.record_proof(record, now_ms)?.to_json())
            })
            .await
        }
        CopySource::Receipts => receipt_statement(app).await,
        CopySource::Held { hash } => {
            let mut bytes = [0; 32];
            hex::decode_to_slice(hash, &mut bytes).map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?;
            let hash = arumbae_mergelog::SegmentHash(bytes);
            app.with_store(move |store| store.quarantined(hash)?.ok_or_else(|| AppError::new(ErrorCode::HeldGone)))
                .await
        }
    }
}
