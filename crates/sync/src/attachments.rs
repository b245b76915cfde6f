//! Attachments on their own channel: tus 1.0 up, ranges down, both resumed where the bytes ended.
//!
//! Pieces are as large as the link carries in one go, so a cut costs one piece. What has arrived is known from
//! the far side's offset or from the store, never from a counter of this program: it may be killed at any time.

use arumbae_domain::schema::BlobHash;
use arumbae_protocol::attachment::{MAX_CHUNK, METADATA_BLAKE3, TUS_VERSION};
use arumbae_protocol::{FailureCode, paths};
use arumbae_store::{BlobState, StoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::SyncEngine;
use crate::error::{Result, SyncError};
use crate::link_state::LinkState;
use crate::transport::{Answer, Call, Failed, Transport};

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// The most that is read of an answer that should have no body; a refusal with its reference fits.
const SHORT_ANSWER: usize = 4096;

/// What a transfer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentReport {
    /// Attachments the province now holds whole.
    pub sent: u64,
    /// Attachments that are now here whole, their BLAKE3 checked.
    pub received: u64,
    /// Attachments that the province does not have yet or does not take; they are tried again next time.
    pub passed_over: u64,
    /// HTTP bytes sent, without TLS.
    pub bytes_up: u64,
    /// HTTP bytes received, without TLS.
    pub bytes_down: u64,
    /// Requests answered.
    pub round_trips: u32,
}

impl SyncEngine {
    /// Sends the attachments the province lacks and fetches those that are missing here, smallest first, so that
    /// previews come before originals.
    ///
    /// Meant to follow [`synchronize`](SyncEngine::synchronize): facts go before photos.
    pub async fn transfer_attachments(&mut self) -> Result<AttachmentReport> {
        let outcome = self.transfer_all().await;
        self.conclude(&outcome);
        outcome
    }

    async fn transfer_all(&mut self) -> Result<AttachmentReport> {
        let (_, transport) = self.connect().await?;
        transport.take_traffic();
        let (mut outgoing, mut missing) =
            self.store().with(|store| Ok((store.blobs_to_send()?, store.blobs_missing()?))).await?;
        outgoing.sort_by_key(|blob| blob.byte_length);
        missing.sort_by_key(|blob| blob.byte_length);
        let mut bytes_left = outgoing.iter().map(|blob| blob.byte_length).sum();

        let mut report = AttachmentReport::default();
        for blob in outgoing {
            let outcome = self.upload(&transport, blob, &mut bytes_left).await;
            tally(outcome, &mut report.sent, &mut report.passed_over)?;
        }
        for blob in missing {
            let outcome = self.download(&transport, blob).await;
            tally(outcome, &mut report.received, &mut report.passed_over)?;
        }
        let traffic = transport.take_traffic();
        report.bytes_up = traffic.up;
        report.bytes_down = traffic.down;
        report.round_trips = traffic.round_trips;
        Ok(report)
    }

    async fn upload(&mut self, transport: &Transport, blob: BlobState, bytes_left: &mut u64) -> Result<()> {
        let BlobState { hash, byte_length, .. } = blob;
        let (location, mut offset) = open_upload(transport, hash, byte_length).await?;
        let others = bytes_left.saturating_sub(byte_length);
        while offset < byte_length {
            *bytes_left = others + (byte_length - offset);
            self.announce(LinkState::Exchanging { bytes_left: *bytes_left });
            let length = self.link().credit().up.min(MAX_CHUNK);
            let chunk = self.store().with(move |store| Ok(store.read_blob(hash, offset, length)?)).await?;
            let Some(chunk) = chunk.filter(|chunk| !chunk.is_empty()) else {
                return Err(SyncError::DamagedAttachment);
            };
            offset = match self.send_chunk(transport, &location, offset, chunk.into()).await {
                Err(SyncError::Refused { code: FailureCode::OffsetMismatch, .. }) => {
                    // An answer was lost, or the server lost its disk; it alone knows where it stands.
                    ask_offset(transport, &location).await?
                }
                answered => answered?,
            };
        }
        *bytes_left = others;
        let now_ms = self.now_ms();
        self.store().with(move |store| Ok(store.mark_blob_sent(hash, now_ms)?)).await
    }

    async fn send_chunk(&mut self, transport: &Transport, location: &str, offset: u64, chunk: Bytes) -> Result<u64> {
        let sent = chunk.len();
        let call = Call {
            method: Method::PATCH,
            path: location,
            headers: vec![
                (TUS_RESUMABLE, TUS_VERSION.to_owned()),
                (UPLOAD_OFFSET, offset.to_string()),
                (UPLOAD_CHECKSUM, format!("sha256 {}", STANDARD.encode(Sha256::digest(&chunk)))),
                (CONTENT_TYPE, "application/offset+octet-stream".to_owned()),
            ],
            body: chunk,
            largest_answer: SHORT_ANSWER,
            on_leaving: None,
        };
        let answer = self.learn(transport.call(&call).await, sent)?;
        let reached = tus_offset(&answer)?;
        if reached <= offset {
            return Err(SyncError::UnreadableAnswer("the upload does not move on".into()));
        }
        Ok(reached)
    }

    async fn download(&mut self, transport: &Transport, blob: BlobState) -> Result<()> {
        let hash = blob.hash;
        if hash.0 == *blake3::hash(b"").as_bytes() {
            // No range names a byte of nothing, and nothing needs to travel.
            return self.receive(hash, 0, 0, Bytes::new()).await.map(drop);
        }
        let path = format!("{}/{hash}", paths::ATTACHMENTS);
        let mut held = blob.held_bytes;
        loop {
            self.announce(LinkState::Exchanging { bytes_left: blob.byte_length.saturating_sub(held) });
            let piece = self.link().credit().down.min(MAX_CHUNK);
            let call = Call {
                method: Method::GET,
                path: &path,
                headers: vec![(RANGE, format!("bytes={held}-{}", held + piece as u64 - 1))],
                body: Bytes::new(),
                largest_answer: piece,
                on_leaving: None,
            };
            let answer = self.learn(transport.call(&call).await, 0)?;
            let (first, byte_length) = tus_headers(&answer)
                .filter(|_| answer.status == StatusCode::PARTIAL_CONTENT)
                .and_then(|headers| parse_content_range(headers.get(CONTENT_RANGE)?.to_str().ok()?))
                .ok_or(SyncError::CaptivePortal)?;
            if first != held || answer.body.is_empty() {
                return Err(SyncError::UnreadableAnswer("not the range that was asked for".into()));
            }
            let state = self.receive(hash, byte_length, held, answer.body).await?;
            if state.held_bytes >= byte_length {
                return Ok(());
            }
            held = state.held_bytes;
        }
    }

    async fn receive(&self, hash: BlobHash, byte_length: u64, offset: u64, bytes: Bytes) -> Result<BlobState> {
        let received = self.store().with(move |store| Ok(store.receive_blob(hash, byte_length, offset, &bytes)?)).await;
        received.map_err(|error| match error {
            SyncError::Store(StoreError::BlobMismatch) => SyncError::DamagedAttachment,
            other => other,
        })
    }

    /// Passes an answer on, with what it teaches about the link.
    fn learn(&mut self, outcome: Result<Answer, Failed>, sent: usize) -> Result<Answer> {
        match &outcome {
            Ok(answer) => {
                let learned = self.link().after_exchange(sent, answer.body.len(), answer.timing.took);
                *self.link() = learned;
            }
            Err(Failed { error: SyncError::LinkCut(_) | SyncError::Silence, .. }) => {
                *self.link() = self.link().after_cut();
            }
            Err(_) => {}
        }
        Ok(outcome?)
    }
}

/// Counts one attachment. What concerns it alone does not keep the others from travelling.
fn tally(outcome: Result<()>, done: &mut u64, passed_over: &mut u64) -> Result<()> {
    match outcome {
        Ok(()) => *done += 1,
        Err(SyncError::DamagedAttachment) => *passed_over += 1,
        Err(SyncError::Refused {
            code: FailureCode::NotFound | FailureCode::ChecksumMismatch | FailureCode::TooLarge,
            ..
        }) => *passed_over += 1,
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Opens an upload or finds the one begun before: the server names it by device, hash and length, so the same
/// question after a cut or a restart leads to the same upload and tells how far it is.
async fn open_upload(transport: &Transport, hash: BlobHash, byte_length: u64) -> Result<(String, u64)> {
    let call = Call {
        method: Method::POST,
        path: paths::ATTACHMENTS,
        headers: vec![
            (TUS_RESUMABLE, TUS_VERSION.to_owned()),
            (UPLOAD_LENGTH, byte_length.to_string()),
            (UPLOAD_METADATA, format!("{METADATA_BLAKE3} {}", STANDARD.encode(hash.to_string()))),
        ],
        body: Bytes::new(),
        largest_answer: SHORT_ANSWER,
        on_leaving: None,
    };
    let answer = transport.call(&call).await?;
    let headers = tus_headers(&answer).ok_or(SyncError::CaptivePortal)?;
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // The location is signed and followed on this server only.
    if answer.status != StatusCode::CREATED || !location.starts_with(paths::ATTACHMENTS) {
        return Err(SyncError::UnreadableAnswer("no location for the upload".into()));
    }
    let begun = headers.get(&UPLOAD_OFFSET).map_or(Ok(0), |_| tus_offset(&answer))?;
    Ok((location.to_owned(), begun))
}

async fn ask_offset(transport: &Transport, location: &str) -> Result<u64> {
    let call = Call {
        method: Method::HEAD,
        path: location,
        headers: vec![(TUS_RESUMABLE, TUS_VERSION.to_owned())],
        body: Bytes::new(),
        largest_answer: SHORT_ANSWER,
        on_leaving: None,
    };
    tus_offset(&transport.call(&call).await?)
}

/// The headers of an answer that is the attachment channel's own; no login page speaks tus.
fn tus_headers(answer: &Answer) -> Option<&HeaderMap> {
    answer.headers.get(TUS_RESUMABLE).is_some_and(|version| version == TUS_VERSION).then_some(&answer.headers)
}

fn tus_offset(answer: &Answer) -> Result<u64> {
    let headers = tus_headers(answer).ok_or(SyncError::CaptivePortal)?;
    let offset = headers.get(&UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
    offset.ok_or_else(|| SyncError::UnreadableAnswer("no upload offset".into()))
}

/// The first byte and the whole length in `bytes {first}-{last}/{length}`.
fn parse_content_range(text: &str) -> Option<(u64, u64)> {
    let (range, length) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.parse().ok()?, length.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_content_range(text: &str, expected: Option<(u64, u64)>) {
        assert_eq!(parse_content_range(text), expected, "{text}");
    }

    #[test]
    fn content_ranges() {
        check_content_range("bytes 0-9/10", Some((0, 10)));
        check_content_range("bytes 8192-16383/41943040", Some((8192, 41_943_040)));
        check_content_range("bytes */10", None);
        check_content_range("bytes 0-9/*", None);
        check_content_range("items 0-9/10", None);
    }
}
