//! The one request that pushes and pulls.

use std::collections::BTreeMap;
use std::sync::Arc;

use arumbae_domain::Scope;
use arumbae_mergelog::DeviceKey;
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::segment::{SealedSegment, SegmentError};
use arumbae_protocol::registry::Refusal;
use arumbae_protocol::sync::{MAX_SEGMENT, MAX_SEGMENTS};
use arumbae_protocol::{FailureCode, Notice, NoticeCode, Receipt, Registry, ScopeCursor, SyncRequest, SyncResponse};
use uuid::Uuid;

use crate::province::{Province, RequestError};
use crate::storage::{PushOutcome, PushedSegment, ScopeHead, Storage, StorageError, StoredSegment};

/// The most bytes of segments in one answer, whatever the device asks for: it is built in memory.
const MAX_CREDIT: u64 = 8 * 1024 * 1024;

/// A pushed segment as far as it could be read, before anyone asked for rights.
#[derive(Clone)]
struct Inspected {
    segment: Option<SealedSegment>,
    fault: Option<NoticeCode>,
    compressed: Vec<u8>,
}

impl<S: Storage> Province<S> {
    /// Stores what a device brings and gives it what it has not read.
    pub async fn exchange(
        &self,
        device: DeviceKey,
        person: Uuid,
        request: SyncRequest,
    ) -> Result<SyncResponse, RequestError> {
        let SyncRequest { incarnation, cursors, registry_seq, digests, credit_bytes, segments } = request;
        if segments.len() > MAX_SEGMENTS {
            return Err(RequestError::Refused(FailureCode::TooLarge));
        }
        let (receipts, quarantine) = self.take_in(segments.into_iter().map(|bytes| bytes.into_vec()).collect()).await?;

        let registry = self.registry().await?;
        let mut read: BTreeMap<Scope, u64> =
            cursors.into_iter().map(|ScopeCursor { scope, gsn }| (scope, gsn)).collect();
        let mut readable = Vec::new();
        let mut diverged = Vec::new();
        for ScopeHead { scope, gsn: head } in self.storage.scope_heads().await? {
            if !registry.may_read(person, &scope) {
                continue;
            }
            let cursor = ScopeCursor { gsn: read.remove(&scope).unwrap_or(0), scope };
            let digest = digests.iter().find(|digest| digest.scope == cursor.scope);
            let agrees = match digest {
                Some(theirs) => {
                    let ours = self.storage.digest_at(cursor.clone()).await?;
                    ours.is_some_and(|ours| *ours.as_bytes() == theirs.digest)
                }
                None => cursor.gsn <= head,
            };
            if !agrees {
                diverged.push(cursor.scope.clone());
            }
            readable.push(cursor);
        }
        let credit = credit_bytes.min(MAX_CREDIT);
        let pulled = self.storage.segments_after(readable, (device, incarnation), credit).await?;
        Ok(SyncResponse {
            receipts,
            segments: pulled.segments,
            quarantine,
            registry: self.storage.registry_after(registry_seq).await?,
            cursors: pulled.cursors,
            diverged,
            server_time_ms: self.clock.now_ms(),
            more: pulled.more,
        })
    }

    async fn take_in(&self, segments: Vec<Vec<u8>>) -> Result<(Vec<Receipt>, Vec<Notice>), RequestError> {
        if segments.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let inspect_all = move || segments.into_iter().map(inspect).collect::<Vec<_>>();
        let inspected =
            tokio::task::spawn_blocking(inspect_all).await.map_err(|error| StorageError::Backend(Box::new(error)))?;
        let received_ms = self.clock.now_ms();
        let outcomes = loop {
            let registry = self.registry().await?;
            let pushed = inspected.iter().map(|segment| judge(segment.clone(), &registry)).collect();
            match self.storage.receive_segments(pushed, registry.seq(), received_ms).await {
                // A right was given or taken in this moment: judge again.
                Err(StorageError::RegistryMoved) => {}
                outcome => break outcome?,
            }
        };
        let mut receipts = Vec::new();
        let mut notices = Vec::new();
        for (index, outcome) in (0..).zip(outcomes) {
            match outcome {
                PushOutcome::Stored(stored) => receipts.push(self.receipt_of(stored)),
                PushOutcome::Refused { lane, first_seq, hash, code } => {
                    notices.push(Notice { index, lane, first_seq, hash, code });
                }
            }
        }
        if !notices.is_empty() {
            tracing::warn!(count = notices.len(), "segments refused");
        }
        Ok((receipts, notices))
    }

    /// Ed25519 is deterministic: a segment's receipt is the same bytes however often it is asked for.
    fn receipt_of(&self, stored: StoredSegment) -> Receipt {
        let StoredSegment { lane, first_seq, count, hash, gsn, received_ms } = stored;
        Receipt::issue(lane, first_seq, count, hash, gsn, received_ms, &self.keys.registry)
    }
}

/// Unpacks a segment and checks what it says of itself: format, signature, body.
fn inspect(compressed: Vec<u8>) -> Inspected {
    let unreadable = |compressed| Inspected { segment: None, fault: Some(NoticeCode::Unreadable), compressed };
    let Ok(bytes) = decompress(&compressed, MAX_SEGMENT) else {
        return unreadable(compressed);
    };
    match SealedSegment::from_bytes(bytes) {
        Ok(segment) => {
            let fault = segment.verify().err().map(fault_of);
            Inspected { segment: Some(segment), fault, compressed }
        }
        Err(error) => Inspected { segment: None, fault: Some(fault_of(error)), compressed },
    }
}

fn fault_of(error: SegmentError) -> NoticeCode {
    match error {
        SegmentError::NewerFormat { .. } => NoticeCode::NewerFormat,
        SegmentError::Malformed(_)
        | SegmentError::TooLarge(_)
        | SegmentError::BadSignature
        | SegmentError::BodyMismatch
        | SegmentError::Unsealable(_) => NoticeCode::Unreadable,
    }
}

/// Asks the registry whether the segment's own device, whoever brings it, may write its scope.
fn judge(inspected: Inspected, registry: &Arc<Registry>) -> PushedSegment {
    let Inspected { segment, fault, compressed } = inspected;
    match (segment, fault) {
        (Some(segment), None) => {
            let lane = &segment.header().lane;
            match registry.check_write(lane.device, &lane.scope) {
                Ok(()) => PushedSegment::Permitted { segment, compressed },
                Err(refusal) => {
                    let code = match refusal {
                        Refusal::Revoked => NoticeCode::Revoked,
                        Refusal::UnknownDevice | Refusal::NotGranted => NoticeCode::NotPermitted,
                    };
                    PushedSegment::Refused { segment: Some(segment), compressed, code }
                }
            }
        }
        // A header that nobody signed is nobody's: the lane it names must not appear in a notice.
        (_, fault) => {
            PushedSegment::Refused { segment: None, compressed, code: fault.unwrap_or(NoticeCode::Unreadable) }
        }
    }
}
