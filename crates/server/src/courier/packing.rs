//! Packing what a device has not read, for couriers to bring.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_courier::{Cargo, PartSize, Refusal, Shipment};
use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, Value};
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::{DeviceKey, Operation, SealedSegment};
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{Bundle, BundleKey, Receipt, ScopeCursor, ScopeSegment, Sender, Stretch, Waybill};
use bytes::Bytes;
use futures_util::TryStreamExt;
use rand_core::RngCore;

use super::{CourierError, Reply};
use crate::attachment::AttachmentStore;
use crate::province::Province;
use crate::storage::{Pulled, StorageError};

/// Segments that are read, and go into one file, together.
const BATCH: u64 = 48 << 10;

/// Which attachments travel from the province: those that are small, up to so many bytes of them. The rest waits for a
/// link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentAllowance {
    /// The largest, in bytes.
    pub each: u64,
    /// All together, in bytes.
    pub total: u64,
}

impl Default for AttachmentAllowance {
    fn default() -> Self {
        AttachmentAllowance { each: 1 << 20, total: 64 << 20 }
    }
}

/// A shipment for a device, ready to be sealed part by part.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The device.
    pub device: DeviceKey,
    /// Segments in it.
    pub segments: u64,
    /// Receipts in it.
    pub receipts: u64,
    /// Notices of what was not accepted.
    pub notices: u64,
    /// Attachments in it.
    pub attachments: u64,
    /// Whether it tells the device that it is enrolled.
    pub enrols: bool,
    /// The attachments; the allowance keeps them few.
    contents: BTreeMap<BlobHash, Vec<u8>>,
    shipment: Shipment,
}

impl Province {
    /// Packs what a device is to be told and what it has not read, by what it said of where it stands.
    ///
    /// # Errors
    /// [`Refusal::UnknownSender`] for a device that is not registered or was revoked.
    pub async fn pack_for(
        &self,
        device: DeviceKey,
        reply: Reply,
        size: PartSize,
        allowance: AttachmentAllowance,
    ) -> Result<Packed, CourierError> {
        let Reply { receipts, notices, held, enrolled, standing } = reply;
        let registry = self.registry().await?;
        let registered = registry.device(device).filter(|device| device.revocation.is_none());
        let person = registered.ok_or(Refusal::UnknownSender)?.person;
        let to = BundleKey::of_device(device).ok_or(Refusal::UnknownSender)?;

        let mut readable = Vec::new();
        for head in self.storage.scope_heads().await? {
            if registry.may_read(person, &head.scope) {
                let read = standing.cursors.iter().find(|cursor| cursor.scope == head.scope);
                // Who has read further than this server has numbered stands on a log that it lost: all of it goes again.
                let gsn = read.map_or(0, |cursor| cursor.gsn).min(head.gsn);
                readable.push(ScopeCursor { gsn, scope: head.scope });
            }
        }
        let mut loaded = Loaded {
            own: receipts.into_iter().map(|receipt| (receipt.hash.0, receipt)).collect(),
            wanted: standing.lacks.into_iter().collect(),
            ..Loaded::default()
        };
        loop {
            let pulled = self.storage.segments_after(readable.clone(), (device, standing.incarnation), BATCH).await?;
            let more = pulled.more;
            readable = loaded.load(&readable, pulled, device, |segment, gsn, received_ms| {
                let header = segment.header();
                let (first_seq, count, hash) = (header.first_seq, header.count, segment.hash());
                Receipt::issue(header.lane.clone(), first_seq, count, hash, gsn, received_ms, &self.keys().registry)
            })?;
            if !more {
                break;
            }
        }
        let Loaded { mut cargo, own, wanted, segments } = loaded;
        let attachments = find_attachments(&self.attachments, wanted, allowance).await?;
        let mut contents = BTreeMap::new();
        for (hash, length) in attachments {
            cargo.extend(Cargo::attachment(hash, length, size));
            let bytes: Vec<Bytes> = self.attachments.read(hash, 0..length).await?.try_collect().await?;
            contents.insert(hash, bytes.concat());
        }
        let receipts: Vec<Receipt> = own.into_values().collect();
        let tally = (receipts.len() as u64, notices.len() as u64, enrolled.is_some());
        let first = Bundle {
            // The answer to an enrolment brings the whole registry.
            registry: match enrolled {
                Some(_) => Vec::new(),
                None => self.storage.registry_after(standing.registry_seq).await?,
            },
            receipts,
            notices,
            held: held.into_iter().collect(),
            enrol_response: enrolled,
            ..Bundle::default()
        };
        let mut id = [0; 16];
        self.randomness.clone().fill_bytes(&mut id);
        let route = (Sender::Province(self.registry_key()), to);
        let shipment = Shipment::new(route, (id, self.clock.now_ms()), (Bundle::default(), first), cargo, size);
        let (receipts, notices, enrols) = tally;
        Ok(Packed {
            device,
            segments,
            receipts,
            notices,
            attachments: contents.len() as u64,
            enrols,
            contents,
            shipment,
        })
    }

    /// Makes the file of a waybill of a shipment.
    pub fn seal_part(&self, packed: &Packed, waybill: &Waybill) -> Result<Vec<u8>, CourierError> {
        packed.shipment.seal_part(
            waybill,
            &self.keys().registry,
            &mut self.randomness.clone(),
            |hash, offset, length| Ok(packed.piece(hash, offset, length)),
        )
    }
}

impl Packed {
    /// The waybills of its files, in order.
    pub fn waybills(&self) -> Vec<Waybill> {
        self.shipment.waybills().collect()
    }

    fn piece(&self, hash: BlobHash, offset: u64, length: usize) -> Option<Vec<u8>> {
        let bytes = self.contents.get(&hash)?;
        let from = usize::try_from(offset).ok()?.min(bytes.len());
        Some(bytes[from..from.saturating_add(length).min(bytes.len())].to_vec())
    }
}

/// What goes into a shipment, as it is read from the log.
#[derive(Default)]
struct Loaded {
    cargo: Vec<Cargo>,
    /// Receipts for the receiver's own segments, by their hashes.
    own: BTreeMap<[u8; 32], Receipt>,
    /// Attachments that what is packed names, or that the receiver lacks.
    wanted: BTreeSet<BlobHash>,
    segments: u64,
}

impl Loaded {
    /// Loads a batch. Returns from where the next one goes on.
    fn load(
        &mut self,
        from: &[ScopeCursor],
        pulled: Pulled,
        reader: DeviceKey,
        receipt_of: impl Fn(&SealedSegment, u64, u64) -> Receipt,
    ) -> Result<Vec<ScopeCursor>, StorageError> {
        let Pulled { segments, cursors, more: _ } = pulled;
        let reached: BTreeMap<&Scope, u64> = cursors.iter().map(|cursor| (&cursor.scope, cursor.gsn)).collect();
        let next: Vec<ScopeCursor> = from
            .iter()
            .map(|cursor| ScopeCursor {
                gsn: reached.get(&cursor.scope).copied().unwrap_or(cursor.gsn).max(cursor.gsn),
                scope: cursor.scope.clone(),
            })
            .collect();
        for ScopeSegment { gsn, received_ms, bytes, .. } in &segments {
            let bytes = decompress(bytes, MAX_SEGMENT).map_err(|_| StorageError::Damaged("a segment"))?;
            let Ok(segment) = SealedSegment::from_bytes(bytes) else { continue };
            if segment.header().lane.device == reader {
                self.own.entry(segment.hash().0).or_insert_with(|| receipt_of(&segment, *gsn, *received_ms));
            }
            self.wanted.extend(attachments_of(&segment));
        }
        let stretches: Vec<Stretch> = from
            .iter()
            .zip(&next)
            .filter(|(from, next)| next.gsn > from.gsn)
            .map(|(from, next)| Stretch { scope: from.scope.clone(), after: from.gsn, up_to: next.gsn })
            .collect();
        self.segments += segments.len() as u64;
        if !(segments.is_empty() && stretches.is_empty()) {
            self.cargo.push(Cargo::Numbered(segments, stretches));
        }
        Ok(next)
    }
}

/// Attachments that a segment's saves name. One whose saves this version cannot read names none that it knows.
fn attachments_of(segment: &SealedSegment) -> Vec<BlobHash> {
    let saves = segment.open().unwrap_or_default();
    let named = |operation: &Operation| match operation {
        Operation::Attach { blob, .. } => Some(*blob),
        Operation::Set { value: Value::Blob(blob), .. } | Operation::Add { element: Value::Blob(blob), .. } => {
            Some(*blob)
        }
        _ => None,
    };
    saves.iter().flat_map(|save| &save.ops).filter_map(named).collect()
}

/// Those that are here and allowed, the smallest first.
async fn find_attachments(
    store: &AttachmentStore,
    wanted: BTreeSet<BlobHash>,
    allowance: AttachmentAllowance,
) -> Result<Vec<(BlobHash, u64)>, CourierError> {
    let mut found = Vec::new();
    for hash in wanted {
        if let Some(length) = store.find(hash).await?.filter(|length| *length <= allowance.each) {
            found.push((hash, length));
        }
    }
    found.sort_by_key(|(hash, length)| (*length, hash.0));
    let mut left = allowance.total;
    found.retain(|(_, length)| {
        let fits = *length <= left;
        left -= if fits { *length } else { 0 };
        fits
    });
    Ok(found)
}
