//! Attachments on their own channel: tus 1.0 up, ranges down, both resumed where the bytes ended.
//!
//! Both sides keep what came of a request or an answer that was cut, so a cut costs what was under way. What has
//! arrived is known from the far side's offset or from the store, never from a counter of this program: it may be
//! killed at any time. Asking for an upload names its hash, so nothing that the province has is ever sent.

use arumbae_domain::schema::BlobHash;
use arumbae_protocol::attachment::{MAX_PREVIEW, METADATA_BLAKE3, TUS_VERSION, UploadTokenGrant};
use arumbae_protocol::{FailureCode, paths};
use arumbae_store::{BlobSource, BlobState, StoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use serde::{Deserialize, Serialize};

use crate::engine::SyncEngine;
use crate::error::{Result, SyncError};
use crate::transport::{Answer, Call, Failed, Transport};

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");

/// The most that is read of an answer that should have no body; a refusal with its reference fits.
const SHORT_ANSWER: usize = 4096;

/// The least that is asked for at a time, in bytes: a minute at 2 KB/s, so that the pauses between two answers cost
/// little of it. A cut costs none of what came.
const SMALLEST_RANGE: usize = 128 * 1024;

/// The most, in bytes: what is not yet in the store when the program is killed has to come again.
const LARGEST_RANGE: usize = 4 * 1024 * 1024;

/// Bytes sent in one request. The server keeps what came of one that was cut, so this says only how often it is heard.
const CHUNK: usize = 1024 * 1024;

/// What may travel now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Whether what is larger than a preview ([`MAX_PREVIEW`]) may: the link is free, or the officer wants it. Previews
    /// may on any.
    pub originals: bool,
    /// So many bytes of attachments, up and down; none is without limit. What is begun goes on with the next byte later.
    pub bytes: Option<u64>,
}

impl Allowance {
    /// Everything may.
    pub const EVERYTHING: Allowance = Allowance { originals: true, bytes: None };
    /// Only what is small.
    pub const PREVIEWS: Allowance = Allowance { originals: false, bytes: None };

    fn permits(self, blob: &BlobState) -> bool {
        self.originals || is_preview(blob)
    }
}

/// How many bytes may still go.
struct Purse(Option<u64>);

impl Purse {
    /// As much of `bytes` as is left.
    fn of(&self, bytes: usize) -> usize {
        self.0.map_or(bytes, |left| usize::try_from(left).unwrap_or(usize::MAX).min(bytes))
    }

    fn is_empty(&self) -> bool {
        self.0 == Some(0)
    }

    fn take(&mut self, bytes: u64) {
        self.0 = self.0.map(|left| left.saturating_sub(bytes));
    }
}

/// How far an attachment came.
#[derive(PartialEq, Eq)]
enum Carried {
    Whole,
    /// As far as was allowed.
    InPart,
}

/// Of a preview that has yet to come no length is known.
fn is_preview(blob: &BlobState) -> bool {
    blob.byte_length <= MAX_PREVIEW
}

/// What a transfer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentReport {
    /// Attachments the province now holds whole.
    pub sent: u64,
    /// Attachments that are now here whole, their BLAKE3 checked.
    pub received: u64,
    /// Attachments that the province does not have yet or does not take; they are tried again next time.
    pub passed_over: u64,
    /// Attachments that wait in either direction, whole or in part, until they are allowed.
    pub held_back: u64,
    /// HTTP bytes sent, without TLS.
    pub bytes_up: u64,
    /// HTTP bytes received, without TLS.
    pub bytes_down: u64,
    /// Requests answered.
    pub round_trips: u32,
}

impl SyncEngine {
    /// Sends the attachments the province lacks and fetches those that are missing here, as far as they are allowed:
    /// previews first in both directions, then the others, smallest first.
    ///
    /// Meant to follow [`synchronize`](SyncEngine::synchronize): facts go before photos. It may be broken off anywhere,
    /// by a cut or by dropping it; the next one goes on with the byte that is missing.
    pub async fn transfer_attachments(&mut self, allowance: Allowance) -> Result<AttachmentReport> {
        let outcome = self.transfer_all(allowance).await;
        self.conclude(&outcome);
        outcome
    }

    /// Asks for a token with which clients that cannot sign upload in this device's name; tells where they do.
    pub async fn upload_token(&mut self) -> Result<(String, UploadTokenGrant)> {
        let (enrolment, transport) = self.connect().await?;
        let (grant, _) = transport.exchange(paths::UPLOAD_TOKEN, &(), SHORT_ANSWER, None).await?;
        let server = enrolment.server_url.trim_end_matches('/');
        Ok((format!("{server}{}", paths::ATTACHMENTS), grant))
    }

    async fn transfer_all(&mut self, allowance: Allowance) -> Result<AttachmentReport> {
        let (_, transport) = self.connect().await?;
        transport.take_traffic();
        let (outgoing, missing) =
            self.store().with(|store| Ok((store.blobs_to_send()?, store.blobs_missing()?))).await?;
        let mut report = AttachmentReport::default();
        let mut waiting: Vec<(Direction, BlobState)> = Vec::new();
        let listed = [(Direction::Up, outgoing), (Direction::Down, missing)];
        for (direction, blob) in
            listed.into_iter().flat_map(|(way, blobs)| blobs.into_iter().map(move |one| (way, one)))
        {
            if allowance.permits(&blob) {
                waiting.push((direction, blob));
            } else {
                report.held_back += 1;
            }
        }
        waiting.sort_by_key(|(direction, blob)| (!is_preview(blob), *direction, blob.byte_length));
        let left = |blob: &BlobState| blob.byte_length.saturating_sub(blob.held_bytes);
        let mut bytes_left: u64 = waiting
            .iter()
            .map(|(direction, blob)| match direction {
                Direction::Up => blob.byte_length,
                Direction::Down => left(blob),
            })
            .sum();

        let mut purse = Purse(allowance.bytes);
        for (direction, blob) in waiting {
            if purse.is_empty() {
                report.held_back += 1;
                continue;
            }
            let (outcome, done, most) = match direction {
                Direction::Up => {
                    (self.upload(&transport, blob, bytes_left, &mut purse).await, &mut report.sent, blob.byte_length)
                }
                Direction::Down => {
                    (self.download(&transport, blob, bytes_left, &mut purse).await, &mut report.received, left(&blob))
                }
            };
            match outcome {
                Ok(Carried::InPart) => report.held_back += 1,
                outcome => tally(outcome.map(drop), done, &mut report.passed_over)?,
            }
            bytes_left = bytes_left.saturating_sub(most);
        }
        let traffic = transport.take_traffic();
        report.bytes_up = traffic.up;
        report.bytes_down = traffic.down;
        report.round_trips = traffic.round_trips;
        Ok(report)
    }

    async fn upload(
        &mut self,
        transport: &Transport,
        blob: BlobState,
        bytes_left: u64,
        purse: &mut Purse,
    ) -> Result<Carried> {
        let BlobState { hash, byte_length, .. } = blob;
        let (mut location, mut offset) = open_upload(transport, hash, byte_length).await?;
        while offset < byte_length {
            if purse.is_empty() {
                return Ok(Carried::InPart);
            }
            self.announce_left(bytes_left.saturating_sub(offset));
            let most = purse.of(CHUNK);
            let chunk = self.store().with(move |store| Ok(store.read_blob(hash, offset, most)?)).await?;
            let Some(chunk) = chunk.filter(|chunk| !chunk.is_empty()) else {
                return Err(SyncError::DamagedAttachment);
            };
            let reached = match self.send_chunk(transport, &location, offset, chunk.into()).await {
                Err(SyncError::Refused { code: FailureCode::OffsetMismatch | FailureCode::NotFound, .. }) => {
                    // An answer was lost, or the server lost its disk; it alone knows where it stands.
                    let (moved, reached) = open_upload(transport, hash, byte_length).await?;
                    location = moved;
                    reached
                }
                answered => answered?,
            };
            if reached == offset {
                return Err(SyncError::UnreadableAnswer("the upload does not move on".into()));
            }
            purse.take(reached.saturating_sub(offset));
            offset = reached;
        }
        let now_ms = self.now_ms();
        self.store().with(move |store| Ok(store.mark_blob_sent(hash, now_ms)?)).await?;
        Ok(Carried::Whole)
    }

    async fn send_chunk(&mut self, transport: &Transport, location: &str, offset: u64, chunk: Bytes) -> Result<u64> {
        let sent = chunk.len();
        // No Upload-Checksum: the signature covers the SHA-256 of the body already.
        let call = Call {
            method: Method::PATCH,
            path: location,
            headers: vec![
                (TUS_RESUMABLE, TUS_VERSION.to_owned()),
                (UPLOAD_OFFSET, offset.to_string()),
                (CONTENT_TYPE, "application/offset+octet-stream".to_owned()),
            ],
            body: chunk,
            largest_answer: SHORT_ANSWER,
            on_leaving: None,
        };
        let answer = transport.call(&call).await;
        tus_offset(&self.learn(answer, sent)?)
    }

    async fn download(
        &mut self,
        transport: &Transport,
        blob: BlobState,
        bytes_left: u64,
        purse: &mut Purse,
    ) -> Result<Carried> {
        let hash = blob.hash;
        if hash.0 == *blake3::hash(b"").as_bytes() {
            // No range names a byte of nothing, and nothing needs to travel.
            return self.receive(hash, 0, 0, Bytes::new()).await.map(|_| Carried::Whole);
        }
        let path = format!("{}/{hash}", paths::ATTACHMENTS);
        let mut held = blob.held_bytes;
        loop {
            if purse.is_empty() {
                return Ok(Carried::InPart);
            }
            let came = held - blob.held_bytes;
            self.announce_left(bytes_left.saturating_sub(came));
            let range = purse.of(self.link().credit().down.clamp(SMALLEST_RANGE, LARGEST_RANGE));
            let call = Call {
                method: Method::GET,
                path: &path,
                headers: vec![(RANGE, format!("bytes={held}-{}", held + range as u64 - 1))],
                body: Bytes::new(),
                largest_answer: range,
                on_leaving: None,
            };
            let answer = transport.call(&call).await;
            // What came before a cut is as good as what comes after it.
            let begun = answer.as_ref().map_or_else(|failed| failed.begun.as_deref(), Some);
            let received = match begun {
                Some(begun) => Some(self.receive_range(hash, held, begun).await),
                None => None,
            };
            self.learn(answer, 0)?;
            let state = received.unwrap_or(Err(SyncError::CaptivePortal))?;
            purse.take(state.held_bytes.saturating_sub(held));
            if state.is_whole() {
                return Ok(Carried::Whole);
            }
            if state.held_bytes == held {
                return Err(SyncError::UnreadableAnswer("the download does not move on".into()));
            }
            held = state.held_bytes;
        }
    }

    /// Keeps an answer's part of an attachment, however much of it came.
    async fn receive_range(&self, hash: BlobHash, held: u64, answer: &Answer) -> Result<BlobState> {
        let (first, byte_length) = Some(&answer.headers)
            .filter(|_| answer.status == StatusCode::PARTIAL_CONTENT)
            .and_then(|headers| parse_content_range(headers.get(CONTENT_RANGE)?.to_str().ok()?))
            .ok_or(SyncError::CaptivePortal)?;
        if first != held {
            return Err(SyncError::UnreadableAnswer("not the range that was asked for".into()));
        }
        self.receive(hash, byte_length, held, answer.body.clone()).await
    }

    async fn receive(&self, hash: BlobHash, byte_length: u64, offset: u64, bytes: Bytes) -> Result<BlobState> {
        let received = self
            .store()
            .with(move |store| Ok(store.receive_blob(hash, byte_length, offset, &bytes, BlobSource::Province)?))
            .await;
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

/// Which way an attachment goes; what others wait for goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    Up,
    Down,
}

/// Counts one attachment. What concerns it alone does not keep the others from travelling.
fn tally(outcome: Result<()>, done: &mut u64, passed_over: &mut u64) -> Result<()> {
    match outcome {
        Ok(()) => *done += 1,
        Err(SyncError::DamagedAttachment) => *passed_over += 1,
        Err(SyncError::Refused {
            code:
                FailureCode::NotFound | FailureCode::ChecksumMismatch | FailureCode::TooLarge | FailureCode::TooManyUploads,
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
