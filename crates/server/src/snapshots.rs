//! Making snapshots: adding up what a scope's segments say, so that a new device need not read all of them.
//!
//! The server reads what devices wrote, but adds nothing: a device that holds the segments makes the same snapshot and
//! the same hash, and the server's signature under another one would convict it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use arumbae_domain::Scope;
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::snapshot::{EDITION, Growth, Page, PageRef, SnapshotError, SnapshotHead};
use arumbae_mergelog::{Save, SealedSegment, SegmentHeader, SnapshotHash};
use arumbae_protocol::registry::check_authorship;
use arumbae_protocol::snapshot::{MAX_SNAPSHOT, PART_HEAD, TransferError, pack_part, unpack_head, unpack_page};
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{ScopeCursor, SnapshotNote};
use uuid::Uuid;

use crate::province::{Province, RequestError};
use crate::storage::{LoggedSegment, NewSnapshot, ScopeGrowth, SoleWork, StorageError, StoredSnapshot};

/// Segments are added up so many compressed bytes at a time, so that a long log takes no more memory than a short one.
const STEP_BYTES: u64 = 1 << 20;

/// When a scope is added up anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotPolicy {
    /// At least so many segments have come since the last snapshot.
    pub segments: u64,
    /// Their bytes are at least one part in so many of that snapshot's: writing it anew costs as much as it is large.
    pub fraction: u64,
}

impl Default for SnapshotPolicy {
    fn default() -> Self {
        SnapshotPolicy { segments: 64, fraction: 4 }
    }
}

impl SnapshotPolicy {
    fn is_due(self, growth: &ScopeGrowth) -> bool {
        let last = growth.newest.as_ref().map_or(0, |snapshot| snapshot.byte_length);
        growth.segments >= self.segments.max(1) && growth.bytes.saturating_mul(self.fraction) >= last
    }
}

/// Says whether a segment was its author's to write.
trait Judge: Fn(&SegmentHeader, &[Save]) -> bool {}

impl<J: Fn(&SegmentHeader, &[Save]) -> bool> Judge for J {}

/// Heads and pages by their names, packed as they are sent.
type Parts = BTreeMap<[u8; 32], Vec<u8>>;

/// Why a scope could not be added up. It is then read as segments, as before.
#[derive(Debug, thiserror::Error)]
enum MakingError {
    #[error("the storage failed")]
    Storage(#[from] StorageError),
    #[error("the log does not add up")]
    Log(#[from] SnapshotError),
    #[error("the last snapshot cannot be read")]
    Kept(#[from] TransferError),
    #[error("the snapshot is larger than devices take")]
    TooLarge,
}

impl Province {
    /// Sets when scopes are added up anew.
    #[must_use]
    pub fn with_snapshots(mut self, policy: SnapshotPolicy) -> Self {
        self.snapshot_policy = policy;
        self
    }

    /// Notes scopes that have grown; [`make_due_snapshots`](Self::make_due_snapshots) looks at them.
    pub(crate) fn note_grown(&self, scopes: impl IntoIterator<Item = Scope>) {
        let mut grown = self.grown.lock().unwrap_or_else(PoisonError::into_inner);
        grown.extend(scopes);
        if !grown.is_empty() {
            self.has_grown.notify_one();
        }
    }

    /// Adds up anew every scope that has grown enough since it last was. Meant for the background: requests are
    /// answered meanwhile.
    ///
    /// When it returns, what had grown before it was called is added up, even if somebody else had begun with it.
    pub async fn make_due_snapshots(&self) {
        let _one_at_a_time = self.making.lock().await;
        let grown: BTreeSet<Scope> = std::mem::take(&mut *self.grown.lock().unwrap_or_else(PoisonError::into_inner));
        for scope in grown {
            match self.make_snapshot_if_due(&scope).await {
                Ok(None) => {}
                Ok(Some(note)) => tracing::info!(%scope, gsn = note.gsn, "snapshot made"),
                Err(error) => tracing::error!(%scope, %error, "no snapshot could be made"),
            }
        }
    }

    async fn make_snapshot_if_due(&self, scope: &Scope) -> Result<Option<SnapshotNote>, MakingError> {
        if !self.snapshot_policy.is_due(&self.storage.growth_since_snapshot(scope.clone()).await?) {
            return Ok(None);
        }
        let _alone = self.storage.begin_sole_work(SoleWork::Snapshot(scope.clone())).await?;
        // Another server may have made it while this one waited.
        let growth = self.storage.growth_since_snapshot(scope.clone()).await?;
        if !self.snapshot_policy.is_due(&growth) {
            return Ok(None);
        }
        let mut head = match growth.newest {
            Some(StoredSnapshot { note, .. }) if note.edition == EDITION => {
                unpack_head(without_length(&self.kept_part(note.hash.0).await?), &note)?
            }
            _ => SnapshotHead::empty(scope.clone()),
        };
        let registry = self.registry().await?;
        let mut fresh: Parts = BTreeMap::new();
        loop {
            let cursor = ScopeCursor { scope: scope.clone(), gsn: head.gsn };
            let log = self.storage.log_after(cursor, STEP_BYTES).await?;
            if log.is_empty() {
                break;
            }
            let known = Arc::clone(&registry);
            let judge = move |header: &SegmentHeader, saves: &[Save]| check_authorship(header, saves, &known).is_ok();
            let growth = Growth::of(head, registry.seq(), judge);
            let growth = run_blocking(move || take_all(growth, log)).await??;
            let mut pages = BTreeMap::new();
            for named in growth.needed_pages() {
                if !fresh.contains_key(&named.hash) {
                    pages.insert(named.hash, self.kept_part(named.hash).await?);
                }
            }
            (head, fresh) = run_blocking(move || finish(growth, &pages, fresh)).await??;
        }
        let note = SnapshotNote::sign(&head, self.clock.now_ms(), &self.keys().registry);
        let hash = note.hash.0;
        let parts = std::iter::once(hash).chain(head.pages.iter().map(|page| page.hash)).collect();
        fresh.insert(hash, run_blocking(move || pack_part(&head.encode())).await?);
        if fresh.values().map(|part| part.len() as u64).sum::<u64>() > MAX_SNAPSHOT {
            return Err(MakingError::TooLarge);
        }
        let fresh = fresh.into_iter().collect();
        self.storage.keep_snapshot(NewSnapshot { note: note.clone(), parts, fresh }).await?;
        Ok(Some(note))
    }

    async fn kept_part(&self, hash: [u8; 32]) -> Result<Vec<u8>, StorageError> {
        self.storage.snapshot_part(hash).await?.ok_or(StorageError::Damaged("a snapshot's part"))
    }

    /// The snapshot with this hash, if it is still kept and the person may read its scope.
    pub(crate) async fn readable_snapshot(
        &self,
        person: Uuid,
        hash: SnapshotHash,
    ) -> Result<Option<StoredSnapshot>, RequestError> {
        let found = self.storage.find_snapshot(hash).await?;
        let registry = self.registry().await?;
        Ok(found.filter(|snapshot| registry.may_read(person, &snapshot.note.scope)))
    }
}

fn take_all<J: Judge>(mut growth: Growth<J>, log: Vec<LoggedSegment>) -> Result<Growth<J>, MakingError> {
    for LoggedSegment { gsn, received_ms, bytes, .. } in log {
        let damaged = |_| StorageError::Damaged("a segment");
        let bytes = decompress(&bytes, MAX_SEGMENT).map_err(|_| StorageError::Damaged("a segment"))?;
        let segment = SealedSegment::from_bytes(bytes).map_err(damaged)?;
        growth.take(gsn, received_ms, &segment)?;
    }
    Ok(growth)
}

/// The new head, and of the pages made so far those that are part of it.
fn finish<J: Judge>(growth: Growth<J>, kept: &Parts, mut fresh: Parts) -> Result<(SnapshotHead, Parts), MakingError> {
    let mut written = Parts::new();
    let read = |named: &PageRef| {
        let part = fresh.get(&named.hash).or_else(|| kept.get(&named.hash)).ok_or(SnapshotError::WrongPage)?;
        Ok::<_, MakingError>(unpack_page(without_length(part), named)?)
    };
    let write = |named: &PageRef, page: &Page| {
        written.insert(named.hash, pack_part(page.bytes()));
        Ok(())
    };
    let head = growth.finish(read, write)?;
    fresh.append(&mut written);
    let named: BTreeSet<[u8; 32]> = head.pages.iter().map(|page| page.hash).collect();
    fresh.retain(|hash, _| named.contains(hash));
    Ok((head, fresh))
}

fn without_length(part: &[u8]) -> &[u8] {
    part.get(PART_HEAD..).unwrap_or_default()
}

async fn run_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StorageError::Backend(Box::new(error)))
}
