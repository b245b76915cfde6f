//! How much there is, by scope.

use arumbae_domain::Scope;
use arumbae_mergelog::Operation;
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::segment::SealedSegment;
use arumbae_protocol::ScopeCursor;
use arumbae_protocol::sync::MAX_SEGMENT;

use crate::province::Province;
use crate::storage::StorageError;

/// So much of the log is read at a time.
const PAGE_BYTES: u64 = 8 << 20;

/// What a scope holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeStatistics {
    /// Which scope.
    pub scope: Scope,
    /// Segments, which is also the number of the last one.
    pub segments: u64,
    /// Saves in them.
    pub saves: u64,
    /// Records that were begun in the scope, by what can be read here.
    pub records: u64,
    /// Bytes as they are stored.
    pub bytes: u64,
    /// When the last segment came in, milliseconds since 1970 UTC.
    pub last_ms: u64,
}

impl Province {
    /// What each scope holds. Reads the whole log.
    pub async fn statistics(&self) -> Result<Vec<ScopeStatistics>, StorageError> {
        let mut statistics = Vec::new();
        for head in self.storage.scope_heads().await? {
            let scope = head.scope;
            let mut sum =
                ScopeStatistics { scope: scope.clone(), segments: 0, saves: 0, records: 0, bytes: 0, last_ms: 0 };
            loop {
                let page = self.storage.log_after(ScopeCursor { scope: scope.clone(), gsn: sum.segments }, PAGE_BYTES);
                let page = page.await?;
                let Some(last) = page.last() else { break };
                sum.segments = last.gsn;
                for logged in &page {
                    sum.saves += u64::from(logged.count);
                    sum.bytes += logged.bytes.len() as u64;
                    sum.last_ms = sum.last_ms.max(logged.received_ms);
                    sum.records += records_begun(&logged.bytes);
                }
            }
            statistics.push(sum);
        }
        Ok(statistics)
    }
}

fn records_begun(bytes: &[u8]) -> u64 {
    let segment = decompress(bytes, MAX_SEGMENT).ok().and_then(|bytes| SealedSegment::from_bytes(bytes).ok());
    let saves = segment.and_then(|segment| segment.open().ok()).unwrap_or_default();
    saves.iter().flat_map(|save| &save.ops).filter(|op| matches!(op, Operation::Create { .. })).count() as u64
}
