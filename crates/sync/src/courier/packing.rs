//! Packing what this device has for the province or for a colleague's device.

use std::collections::BTreeMap;

use arumbae_courier::{Cargo, PartSize, Refusal, Shipment};
use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::{DeviceKey, LaneId, SealedSegment, compression};
use arumbae_protocol::{Bundle, BundleKey, Sender, SignedEntry, Standing, Waybill};
use arumbae_store::{BlobState, Store};
use rand_core::CryptoRngCore;
use uuid::Uuid;

use super::taking::CourierError;

/// Attachments a standing names as lacking; more are asked for the next time.
pub(super) const MOST_LACKING: usize = 4096;

/// What a colleague's device is known to have, so that it need not be packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The last save it has of each lane.
    pub vector: Vec<(LaneId, u64)>,
    /// The last entry of the registry it has, 0 for none.
    pub registry_seq: u64,
    /// Attachments its records name and it does not have.
    pub lacks: Vec<BlobHash>,
}

/// Whom a shipment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// The province.
    Province,
    /// A colleague's device.
    Colleague(DeviceKey),
}

/// How much a shipment holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Saves of this device.
    pub own_saves: u64,
    /// Segments of other devices.
    pub others_segments: u64,
    /// Attachments.
    pub attachments: u64,
    /// Their bytes.
    pub attachment_bytes: u64,
    /// The province's receipts for the colleague's own saves.
    pub receipts: u64,
    /// Whether it asks for this device to be enrolled.
    pub enrols: bool,
    /// About how many bytes the files have together.
    pub bytes: u64,
    /// How many files there are.
    pub files: u32,
}

/// A shipment that is being packed.
#[derive(Clone, Debug)]
pub struct Packing {
    shipment: Shipment,
    tally: Tally,
    lanes: BTreeMap<LaneId, u64>,
    blobs: Vec<BlobHash>,
    for_province: bool,
}

/// Gathers everything this device has for somebody: segments first, then attachments from the smallest, so that
/// previews come before originals. `id` and `now_ms` stand in the waybills; `id` must be new.
///
/// # Errors
/// [`Refusal::NotEnrolled`] if there is neither a province nor one that was asked; [`Refusal::UnknownSender`] for a
/// colleague's device that the registry does not name.
pub fn pack(
    store: &mut Store,
    addressee: Addressee,
    size: PartSize,
    (id, now_ms): ([u8; 16], u64),
) -> Result<Packing, CourierError> {
    let clock = store.clock_quality()?;
    store.seal_pending(clock)?;
    match addressee {
        Addressee::Province => pack_for_province(store, size, (id, now_ms)),
        Addressee::Colleague(device) => {
            // Sticks may be lost, so the registry goes along whole each time.
            let known = Known { vector: store.colleague_vector(device)?, ..Known::default() };
            pack_for_colleague(store, device, &known, size, (id, now_ms))
        }
    }
}

fn pack_for_province(store: &mut Store, size: PartSize, stamp: ([u8; 16], u64)) -> Result<Packing, CourierError> {
    let asked = store.enrolment_request()?;
    let known = if store.enrolment()?.is_some() { store.registry().bundle_key() } else { None };
    let to = known.or(asked.as_ref().map(|asked| asked.invitation.bundle_key)).ok_or(Refusal::NotEnrolled)?;
    let mut segments = store.unreceipted_segments(usize::MAX)?;
    // Others' that only came by stick: nobody but this device may still have them.
    segments.extend(store.unnumbered_segments(usize::MAX)?);
    let mut attachments = store.blobs_to_send()?;
    attachments.sort_by_key(|blob| blob.byte_length);

    let mut tally = tally_of(store, &segments);
    tally.enrols = asked.is_some();
    tally.attachments = attachments.len() as u64;
    tally.attachment_bytes = attachments.iter().map(|blob| blob.byte_length).sum();
    let mut lanes = BTreeMap::new();
    for segment in &segments {
        lanes.insert(segment.header().lane.id(), segment.last_seq());
    }
    let everywhere = Bundle {
        standing: Some(Standing {
            incarnation: store.incarnation(),
            registry_seq: store.registry().seq(),
            cursors: store.next_cursors()?,
            lacks: lacks(store)?,
        }),
        enrol_request: asked.map(|asked| asked.request),
        ..Bundle::default()
    };
    let mut cargo = loaded(segments);
    for BlobState { hash, byte_length, .. } in &attachments {
        cargo.extend(Cargo::attachment(*hash, *byte_length, size));
    }
    let shipment = Shipment::new((sender(store), to), stamp, (everywhere, Bundle::default()), cargo, size);
    let blobs = attachments.into_iter().map(|blob| blob.hash).collect();
    Ok(Packing::of(shipment, tally, lanes, blobs, true))
}

/// Gathers what a colleague's device may read and is not known to have.
///
/// # Errors
/// [`Refusal::UnknownSender`] for a device that the registry does not name, or that was revoked.
pub(crate) fn pack_for_colleague(
    store: &Store,
    device: DeviceKey,
    known: &Known,
    size: PartSize,
    stamp: ([u8; 16], u64),
) -> Result<Packing, CourierError> {
    let (person, to) = colleague(store, device)?;
    let mut segments = store.segments_after(None, &known.vector, usize::MAX)?;
    segments.retain(|segment| store.registry().may_read(person, &segment.header().lane.scope));
    let mut attachments = store.blobs_held_of(&known.lacks, |scope| store.registry().may_read(person, scope))?;
    attachments.sort_by_key(|blob| blob.byte_length);
    let mut tally = tally_of(store, &segments);
    let receipts = store.receipts_for_device(device)?;
    tally.receipts = receipts.len() as u64;
    tally.attachments = attachments.len() as u64;
    tally.attachment_bytes = attachments.iter().map(|blob| blob.byte_length).sum();
    let first = Bundle {
        registry: entries_after(store, known.registry_seq)?,
        vector: store.version_vector()?,
        receipts,
        ..Bundle::default()
    };
    let mut cargo = loaded(segments);
    for BlobState { hash, byte_length, .. } in attachments {
        cargo.extend(Cargo::attachment(hash, byte_length, size));
    }
    let shipment = Shipment::new((sender(store), to), stamp, (Bundle::default(), first), cargo, size);
    Ok(Packing::of(shipment, tally, BTreeMap::new(), Vec::new(), false))
}

/// The entries of the registry that a colleague's device does not have, as a file by itself.
pub(crate) fn pack_registry(
    store: &Store,
    device: DeviceKey,
    after: u64,
    stamp: ([u8; 16], u64),
) -> Result<Packing, CourierError> {
    let bundle = Bundle { registry: entries_after(store, after)?, ..Bundle::default() };
    pack_alone(store, device, bundle, stamp)
}

/// How far this device is, as a file by itself: what a colleague's answer need not hold.
pub(crate) fn pack_standing(store: &Store, device: DeviceKey, stamp: ([u8; 16], u64)) -> Result<Packing, CourierError> {
    let standing = Standing {
        incarnation: store.incarnation(),
        registry_seq: store.registry().seq(),
        cursors: Vec::new(),
        lacks: lacks(store)?,
    };
    let bundle = Bundle { vector: store.version_vector()?, standing: Some(standing), ..Bundle::default() };
    pack_alone(store, device, bundle, stamp)
}

fn pack_alone(
    store: &Store,
    device: DeviceKey,
    bundle: Bundle,
    stamp: ([u8; 16], u64),
) -> Result<Packing, CourierError> {
    let (_, to) = colleague(store, device)?;
    let parts = (bundle, Bundle::default());
    let shipment = Shipment::new((sender(store), to), stamp, parts, Vec::new(), PartSize::default());
    Ok(Packing::of(shipment, Tally::default(), BTreeMap::new(), Vec::new(), false))
}

/// Whose a colleague's device is, and what is sealed to it.
fn colleague(store: &Store, device: DeviceKey) -> Result<(Uuid, BundleKey), Refusal> {
    let registered = store.registry().device(device).filter(|device| device.revocation.is_none());
    let person = registered.map(|device| device.person).ok_or(Refusal::UnknownSender)?;
    Ok((person, BundleKey::of_device(device).ok_or(Refusal::UnknownSender)?))
}

fn entries_after(store: &Store, seq: u64) -> Result<Vec<SignedEntry>, CourierError> {
    let mut entries = store.registry_entries()?;
    entries.retain(|entry| entry.seq > seq);
    Ok(entries)
}

fn lacks(store: &Store) -> Result<Vec<BlobHash>, CourierError> {
    Ok(store.blobs_missing()?.into_iter().map(|blob| blob.hash).take(MOST_LACKING).collect())
}

fn sender(store: &Store) -> Sender {
    Sender::Device(store.device_key())
}

fn tally_of(store: &Store, segments: &[SealedSegment]) -> Tally {
    let mut tally = Tally::default();
    for header in segments.iter().map(SealedSegment::header) {
        if header.lane.device == store.device_key() {
            tally.own_saves += u64::from(header.count);
        } else {
            tally.others_segments += 1;
        }
    }
    tally
}

fn loaded(segments: Vec<SealedSegment>) -> Vec<Cargo> {
    segments.iter().map(|segment| Cargo::Segment(compression::compress(segment.bytes()))).collect()
}

impl Packing {
    fn of(
        shipment: Shipment,
        tally: Tally,
        lanes: BTreeMap<LaneId, u64>,
        blobs: Vec<BlobHash>,
        for_province: bool,
    ) -> Self {
        let tally = Tally { bytes: shipment.bytes(), files: shipment.waybills().count() as u32, ..tally };
        Packing { shipment, tally, lanes, blobs, for_province }
    }

    /// How much it holds.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The waybills of its files, in order.
    pub fn waybills(&self) -> Vec<Waybill> {
        self.shipment.waybills().collect()
    }

    /// Makes the file of a waybill. The store is not written, and not needed while the file is.
    pub fn seal_part(
        &self,
        store: &Store,
        waybill: &Waybill,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<u8>, CourierError> {
        self.shipment.seal_part(waybill, store.device_signing_key(), rng, |hash, offset, length| {
            Ok::<_, CourierError>(store.read_blob(hash, offset, length)?)
        })
    }

    /// Notes that a courier has all its files: to be called once they are durable where they were put.
    pub fn note_consigned(&self, store: &mut Store, now_ms: u64) -> Result<(), CourierError> {
        if self.for_province {
            store.note_consigned(&self.lanes, &self.blobs, now_ms)?;
        }
        Ok(())
    }
}
