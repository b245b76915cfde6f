//! Sealed files on a stick: put there, looked at, taken.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arumbae_courier::{FileName, PartSize, Refusal, Stick};
use arumbae_protocol::{Sender, Waybill};
use arumbae_store::Store;
use arumbae_sync::courier::{self, Addressee, CourierError, Packing, Taken, Tally};
use rand_core::{OsRng, RngCore};

use super::{CourierContents, StickWaybill, area_of, lock, province_name};
use crate::error::{AppError, ErrorCode, Result};
use crate::record::moment;
use crate::region;

/// What the files of a shipment add to what is in them, at most, in bytes each.
const FILE_OVERHEAD: u64 = 128 << 10;

/// A file that was put on a stick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutFile {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub byte_length: u64,
}

/// A file that was looked at.
#[derive(Debug)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub byte_length: u64,
    /// Who packed it for this laptop, or why it is not taken.
    pub waybill: Result<StickWaybill>,
}

impl Found {
    /// Whether something is wrong with it. What is for somebody else lies on a stick by right.
    pub fn is_refused(&self) -> bool {
        matches!(&self.waybill, Err(error) if error.code != ErrorCode::BundleForAnother)
    }
}

/// A file that was taken, or refused.
#[derive(Debug)]
pub struct TakenFile {
    /// The file.
    pub found: Found,
    /// What it brought, however often it was tried; nothing if it was refused.
    pub taken: Vec<Taken>,
}

/// Gathers what a stick is to hold.
pub(super) fn pack(store: &mut Store, to: Addressee, size: PartSize, now_ms: u64) -> Result<Packing> {
    let mut id = [0; 16];
    OsRng.fill_bytes(&mut id);
    Ok(courier::pack(store, to, size, (id, now_ms))?)
}

/// What a shipment holds, in words.
pub(super) fn describe(store: &Store, to: Addressee, tally: Tally) -> Result<CourierContents> {
    let Tally { own_saves, others_segments, attachments, attachment_bytes, receipts, enrols, bytes, files } = tally;
    let recipient = match to {
        Addressee::Province => province_name(store)?,
        Addressee::Colleague(device) => sender_name(store, Sender::Device(device))?,
    };
    Ok(CourierContents {
        recipient,
        own_saves,
        others_segments,
        attachments,
        attachment_bytes,
        receipts,
        enrols,
        bytes,
        files,
    })
}

/// Puts all that this laptop has for somebody on a stick. The store is free while files are written, so that nobody
/// waits for an old stick.
///
/// # Errors
/// [`ErrorCode::StickFull`] before anything is written, [`ErrorCode::StickMissing`] if it is pulled meanwhile; whole
/// files that are on it by then are good.
pub fn put(
    store: &Arc<Mutex<Store>>,
    to: Addressee,
    stick: &Stick,
    size: PartSize,
    now_ms: u64,
) -> Result<(CourierContents, Vec<PutFile>)> {
    let (packing, names, contents) = {
        let mut store = lock(store);
        let packing = pack(&mut store, to, size, now_ms)?;
        let contents = describe(&store, to, packing.tally())?;
        let own = region::name_of(&store.profile().district);
        let theirs = match to {
            Addressee::Province => contents.recipient.clone(),
            Addressee::Colleague(device) => area_of(&store, device),
        };
        (packing, FileName::between(&own, &theirs), contents)
    };
    stick.clear_unfinished().map_err(stick_error)?;
    let needed = contents.bytes + u64::from(contents.files) * FILE_OVERHEAD;
    // A system that does not say how much fits says it when it is full.
    if let Some(free) = stick.free_bytes().ok().filter(|free| *free < needed) {
        return Err(AppError::new(ErrorCode::StickFull)
            .with("needed", megabytes(needed))
            .with("free", megabytes(free)));
    }
    let mut files = Vec::new();
    for waybill in packing.waybills() {
        let sealed = packing.seal_part(&lock(store), &waybill, &mut OsRng)?;
        let name = names.of(&waybill);
        stick.put(&name, &sealed).map_err(stick_error)?;
        files.push(PutFile { name, byte_length: sealed.len() as u64 });
    }
    packing.note_consigned(&mut lock(store), now_ms)?;
    Ok((contents, files))
}

/// Looks at a file and changes nothing.
pub fn inspect(store: &Store, path: &Path) -> Found {
    let sealed = Stick::read(path).map_err(stick_error);
    let byte_length = sealed.as_ref().map_or(0, |sealed| sealed.len() as u64);
    let waybill = sealed.and_then(|sealed| {
        let unread = courier::look(store, &sealed)?;
        waybill_in_words(store, &unread.waybill)
    });
    Found { name: name_of(path), byte_length, waybill }
}

/// Takes files in the order of their names, which is that of their parts. What needs another of them first is tried
/// once more after the others.
pub fn take(store: &Arc<Mutex<Store>>, files: Vec<PathBuf>, now_ms: u64) -> Result<Vec<TakenFile>> {
    let mut taken: Vec<TakenFile> = Vec::new();
    let mut again = Vec::new();
    for path in files {
        let file = take_one(store, &path, now_ms)?;
        let early = match &file.found.waybill {
            Ok(_) => file.taken.iter().any(|taken| taken.needs_earlier),
            Err(error) => matches!(error.code, ErrorCode::BundleNoProvince | ErrorCode::BundleUnknownSender),
        };
        if early {
            again.push((taken.len(), path));
        }
        taken.push(file);
    }
    // Alone it would only come to the same.
    if taken.len() > 1 {
        for (at, path) in again {
            let TakenFile { found, taken: brought } = take_one(store, &path, now_ms)?;
            let earlier = &mut taken[at];
            earlier.found = found;
            earlier.taken.extend(brought);
        }
    }
    Ok(taken)
}

fn take_one(store: &Arc<Mutex<Store>>, path: &Path, now_ms: u64) -> Result<TakenFile> {
    let name = name_of(path);
    let sealed = match Stick::read(path) {
        Ok(sealed) => sealed,
        Err(why) => {
            let found = Found { name, byte_length: 0, waybill: Err(stick_error(why)) };
            return Ok(TakenFile { found, taken: Vec::new() });
        }
    };
    let byte_length = sealed.len() as u64;
    let mut store = lock(store);
    let (waybill, taken) = match courier::look(&store, &sealed) {
        Ok(unread) => {
            let waybill = unread.waybill.clone();
            let taken = unread.take(&mut store, now_ms, &mut OsRng)?;
            (waybill_in_words(&store, &waybill), vec![taken])
        }
        Err(CourierError::Refused(refusal)) => (Err(refusal.into()), Vec::new()),
        Err(error) => return Err(error.into()),
    };
    Ok(TakenFile { found: Found { name, byte_length, waybill }, taken })
}

fn waybill_in_words(store: &Store, waybill: &Waybill) -> Result<StickWaybill> {
    Ok(StickWaybill {
        from: sender_name(store, waybill.from)?,
        packed_at: moment(waybill.packed_ms),
        part: waybill.part,
        parts: waybill.parts,
    })
}

fn sender_name(store: &Store, sender: Sender) -> Result<String> {
    match sender {
        Sender::Province(_) => province_name(store),
        Sender::Device(device) => {
            let registry = store.registry();
            let name = registry.owner_of(device).and_then(|owner| registry.name_of(owner)).unwrap_or_default();
            let area = area_of(store, device);
            Ok(if area.is_empty() { name.to_owned() } else { format!("{name}, {area}") })
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

fn stick_error(why: std::io::Error) -> AppError {
    let code = match why.kind() {
        std::io::ErrorKind::StorageFull => return AppError::caused(ErrorCode::StickFull, why).saying("stick-full-now"),
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => ErrorCode::NotWritable,
        _ => ErrorCode::StickMissing,
    };
    AppError::caused(code, why)
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::NotSealed => ErrorCode::BundleNotSealed,
            Refusal::ForAnother => ErrorCode::BundleForAnother,
            Refusal::Damaged => ErrorCode::BundleDamaged,
            Refusal::TooLarge => ErrorCode::BundleTooLarge,
            Refusal::NewerFormat => ErrorCode::BundleNewer,
            Refusal::Forged => ErrorCode::BundleForged,
            Refusal::OtherProvince => ErrorCode::BundleOtherProvince,
            Refusal::UnknownSender => ErrorCode::BundleUnknownSender,
            Refusal::NotEnrolled => ErrorCode::BundleNoProvince,
            // Only a province enrols.
            Refusal::NotEnrollable(_) => ErrorCode::Internal,
        };
        AppError::caused(code, refusal)
    }
}

impl From<CourierError> for AppError {
    fn from(error: CourierError) -> Self {
        match error {
            CourierError::Refused(refusal) => refusal.into(),
            CourierError::Store(error) => error.into(),
        }
    }
}
