//! Walking the whole log: whether everything is what it was when it was receipted.
//!
//! Nothing is taken from the tables for granted: signatures, chains, numbers, digests and receipts are made again from
//! the segments' own bytes and compared. What is found is named with its place and left as it is.

use std::collections::HashMap;
use std::fmt;

use arumbae_domain::Scope;
use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::chain::{ChainVerdict, LaneCursor};
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentError};
use arumbae_mergelog::{LaneId, Operation};
use arumbae_protocol::registry::KeyLineage;
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{Receipt, Registry, RegistryKey, ScopeCursor, SignedEntry};
use ed25519_dalek::SigningKey;

use crate::attachment::AttachmentStore;
use crate::start_error::StartError;
use crate::storage::{LoggedSegment, ScopeHead, Storage, StorageError, StoredLane};

/// So much of the log is read at a time.
const PAGE_BYTES: u64 = 8 << 20;

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// Where a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An entry of the registry.
    Entry {
        /// Its number.
        seq: u64,
    },
    /// A segment.
    Segment {
        /// Its scope.
        scope: Scope,
        /// Its number in the scope.
        gsn: u64,
        /// Its lane and the number of its first save, if that can be read.
        lane: Option<(LaneId, u64)>,
    },
    /// A lane.
    Lane(LaneId),
    /// Something in the quarantine, by its hash.
    Quarantined([u8; 32]),
    /// An attachment.
    Attachment(BlobHash),
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// It should be there, by the numbers around it.
    Missing,
    /// Its bytes cannot be read.
    Unreadable,
    /// Its signature does not match.
    BadSignature,
    /// It does not continue what is before it.
    BrokenChain,
    /// It lies in a scope that is not its own.
    WrongScope,
    /// The table tells something else of it than its bytes do: its receipt would be another one.
    WrongReceipt,
    /// The scope's digest up to it is not the sum of its segments.
    WrongDigest,
    /// The registry does not know its device.
    UnknownDevice,
    /// The lane does not end where its last segment ends.
    WrongEnd,
    /// Its content is not what its name says.
    WrongContent,
}

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Entries of the registry.
    pub entries: u64,
    /// Segments.
    pub segments: u64,
    /// Saves in them.
    pub saves: u64,
    /// Segments of later formats: their signatures hold, what they say cannot be read here.
    pub later: u64,
    /// Segments in the quarantine.
    pub quarantined: u64,
    /// Whole attachments.
    pub attachments: u64,
    /// Attachments that the log names and that have not arrived.
    pub awaited: u64,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

/// The log could not be walked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The province's folder or keys cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
    /// The attachments failed.
    #[error("the attachments' store failed")]
    Attachments(#[from] object_store::Error),
}

impl FaultKind {
    /// The kind's code in listings and in the message catalogue.
    pub fn code(self) -> &'static str {
        match self {
            FaultKind::Missing => "missing",
            FaultKind::Unreadable => "unreadable",
            FaultKind::BadSignature => "bad-signature",
            FaultKind::BrokenChain => "broken-chain",
            FaultKind::WrongScope => "wrong-scope",
            FaultKind::WrongReceipt => "wrong-receipt",
            FaultKind::WrongDigest => "wrong-digest",
            FaultKind::UnknownDevice => "unknown-device",
            FaultKind::WrongEnd => "wrong-end",
            FaultKind::WrongContent => "wrong-content",
        }
    }
}

/// As scripts read it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Entry { seq } => write!(f, "registry {seq}"),
            Place::Segment { scope, gsn, lane: None } => write!(f, "segment {scope} {gsn}"),
            Place::Segment { scope, gsn, lane: Some((LaneId(lane), first_seq)) } => {
                write!(f, "segment {scope} {gsn} lane {} {first_seq}", hex::encode(lane))
            }
            Place::Lane(LaneId(lane)) => write!(f, "lane {}", hex::encode(lane)),
            Place::Quarantined(content) => write!(f, "quarantine {}", hex::encode(content)),
            Place::Attachment(hash) => write!(f, "attachment {hash}"),
        }
    }
}

/// Looks at everything there is; the server may run meanwhile.
pub(crate) async fn verify(
    storage: &dyn Storage,
    key: &SigningKey,
    attachments: &AttachmentStore,
) -> Result<Verification, VerifyError> {
    // What comes in meanwhile is looked at the next time: lanes are read first, so that none ends too early.
    let lanes = storage.lanes().await?;
    let heads = storage.scope_heads().await?;
    let mut walk = Walk::default();
    walk.registry(storage.registry_after(0).await?, RegistryKey::of(key));
    for head in heads {
        walk.scope(storage, key, head).await?;
    }
    walk.lanes(&lanes);
    walk.quarantine(storage).await?;
    walk.attachments(attachments).await?;
    Ok(walk.found)
}

#[derive(Default)]
struct Walk {
    found: Verification,
    registry: Registry,
    lanes: HashMap<LaneId, LaneCursor>,
    /// Attachments the log names.
    named: Vec<BlobHash>,
}

impl Walk {
    fn fault(&mut self, place: Place, kind: FaultKind) {
        self.found.faults.push(Fault { place, kind });
    }

    fn registry(&mut self, entries: Vec<SignedEntry>, pinned: RegistryKey) {
        let mut keys = KeyLineage::before(&entries, pinned);
        let (mut seq, mut head) = (0, [0; 32]);
        for entry in entries {
            let place = Place::Entry { seq: entry.seq };
            if keys.follow(&entry).is_err() {
                self.fault(place, FaultKind::BadSignature);
            } else if entry.seq != seq + 1 {
                self.fault(Place::Entry { seq: seq + 1 }, FaultKind::Missing);
            } else if entry.prev_hash != head {
                self.fault(place, FaultKind::BrokenChain);
            }
            (seq, head) = (entry.seq, entry.hash());
            // Whatever is wrong with it, the rest is read as the devices read it.
            self.registry.include(&entry);
            self.found.entries += 1;
        }
    }

    async fn scope(&mut self, storage: &dyn Storage, key: &SigningKey, head: ScopeHead) -> Result<(), VerifyError> {
        let ScopeHead { scope, gsn: last } = head;
        let mut digest = Digest::EMPTY;
        let mut at = 0;
        while at < last {
            let page = storage.log_after(ScopeCursor { scope: scope.clone(), gsn: at }, PAGE_BYTES).await?;
            if page.is_empty() {
                break;
            }
            for logged in page {
                for gsn in at + 1..logged.gsn {
                    self.fault(Place::Segment { scope: scope.clone(), gsn, lane: None }, FaultKind::Missing);
                }
                at = logged.gsn;
                digest.add(&logged.hash);
                let place = self.segment(&scope, logged, key);
                let kept = storage.digests_at(vec![ScopeCursor { scope: scope.clone(), gsn: at }]).await?;
                let kept = kept.into_iter().next().flatten();
                if kept.as_ref() != Some(&digest) {
                    self.fault(place, FaultKind::WrongDigest);
                    // Named once: from here on the sum goes on from what the table says.
                    digest = kept.unwrap_or(digest);
                }
            }
        }
        Ok(())
    }

    fn segment(&mut self, scope: &Scope, logged: LoggedSegment, key: &SigningKey) -> Place {
        let LoggedSegment { gsn, first_seq, count, hash, received_ms, bytes } = logged;
        self.found.segments += 1;
        self.found.saves += u64::from(count);
        let nameless = Place::Segment { scope: scope.clone(), gsn, lane: None };
        let parsed = decompress(&bytes, MAX_SEGMENT).ok().map(SealedSegment::from_bytes);
        let segment = match parsed {
            Some(Ok(segment)) => segment,
            _ => {
                self.fault(nameless.clone(), FaultKind::Unreadable);
                return nameless;
            }
        };
        let header = segment.header();
        let lane = header.lane.id();
        let place = Place::Segment { scope: scope.clone(), gsn, lane: Some((lane, header.first_seq)) };
        if header.lane.scope != *scope {
            self.fault(place.clone(), FaultKind::WrongScope);
        }
        match segment.open() {
            Ok(saves) => {
                let ops = saves.iter().flat_map(|save| &save.ops);
                self.named.extend(ops.filter_map(|op| match op {
                    Operation::Attach { blob, .. } => Some(*blob),
                    _ => None,
                }));
            }
            Err(SegmentError::NewerFormat { .. }) => self.found.later += 1,
            Err(SegmentError::BadSignature) => self.fault(place.clone(), FaultKind::BadSignature),
            Err(_) => self.fault(place.clone(), FaultKind::Unreadable),
        }
        let told = Receipt::issue(header.lane.clone(), first_seq, count, hash, gsn, received_ms, key);
        let own_hash = segment.hash();
        let own = (header.lane.clone(), header.first_seq, header.count, own_hash);
        let own = Receipt::issue(own.0, own.1, own.2, own.3, gsn, received_ms, key);
        if told != own || own.verify(&RegistryKey::of(key)).is_err() {
            self.fault(place.clone(), FaultKind::WrongReceipt);
        }
        if self.registry.device(header.lane.device).is_none() {
            self.fault(place.clone(), FaultKind::UnknownDevice);
        }
        let cursor = self.lanes.get(&lane).copied().unwrap_or_default();
        if cursor.judge(header, own_hash, None) != ChainVerdict::Next {
            self.fault(place.clone(), FaultKind::BrokenChain);
        }
        self.lanes.insert(lane, cursor.after(header, own_hash));
        place
    }

    fn lanes(&mut self, lanes: &[StoredLane]) {
        for StoredLane { lane, next_seq, head_hash, frozen: _ } in lanes {
            let id = lane.id();
            let walked = self.lanes.get(&id).copied().unwrap_or_default();
            // Segments that came in after the lanes were read only lead further.
            let is_behind = walked.next_seq < *next_seq;
            let differs = walked.next_seq == *next_seq && walked.head_hash != *head_hash;
            if is_behind || differs {
                self.fault(Place::Lane(id), FaultKind::WrongEnd);
            }
        }
    }

    async fn quarantine(&mut self, storage: &dyn Storage) -> Result<(), VerifyError> {
        let mut after = None;
        loop {
            let page = storage.quarantine_after(after, PAGE_BYTES).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.content);
            for held in page {
                self.found.quarantined += 1;
                if *blake3::hash(&held.bytes).as_bytes() != held.content {
                    self.fault(Place::Quarantined(held.content), FaultKind::WrongContent);
                }
            }
        }
    }

    async fn attachments(&mut self, attachments: &AttachmentStore) -> Result<(), VerifyError> {
        let whole = attachments.names().await?;
        for hash in &whole {
            self.found.attachments += 1;
            if !attachments.is_sound(*hash).await? {
                self.fault(Place::Attachment(*hash), FaultKind::WrongContent);
            }
        }
        self.named.sort_unstable();
        self.named.dedup();
        self.found.awaited = self.named.iter().filter(|named| whole.binary_search(named).is_err()).count() as u64;
        Ok(())
    }
}
