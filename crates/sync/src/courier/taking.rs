//! Taking what somebody packed for this device.
//!
//! Everything that can be found wrong is looked for before anything is written: a file that is refused has changed
//! nothing.

use std::collections::BTreeMap;

use arumbae_courier::{BundleSecret, Refusal, open};
use arumbae_domain::Scope;
use arumbae_protocol::{
    AttachmentPiece, Bundle, Consignment, KeyLineage, Registry, RegistryKey, ScopeCursor, ScopeSegment, Sender,
    SignedEntry, Standing, Stretch, Waybill,
};
use arumbae_store::{BlobSource, Incoming, Store, StoreError};
use rand_core::CryptoRngCore;

use super::packing::{Known, MOST_LACKING};
use crate::enrol::Enrolled;
use crate::error::SyncError;

/// Why a file was not packed or not taken.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// The file was refused, and nothing has changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not do its part. What was taken before stays; the file can be taken again.
    #[error("the store could not take part")]
    Store(#[from] StoreError),
}

/// A file that was opened and found right, and not taken yet.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Who packed it for this device, and when.
    pub waybill: Waybill,
    bundle: Bundle,
    enrolled: Option<Enrolled>,
}

/// What a file brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Whether it enrolled this device.
    pub enrolled: bool,
    /// Own saves that have their receipt now and had none before.
    pub sent_saves: u64,
    /// Saves of others that joined the log.
    pub received_saves: u64,
    /// Segments that were here already.
    pub known_segments: u64,
    /// Fields that hold more than one value now.
    pub conflicts_new: u64,
    /// What came in but does not count: own segments the province put aside, and others' this device did.
    pub quarantined: u64,
    /// Attachments that are here whole now.
    pub attachments: u64,
    /// Whether an earlier file has to come first for some of it: this one should then be taken once more.
    pub needs_earlier: bool,
}

/// Opens a file and judges all of it, changing nothing.
pub fn look(store: &Store, sealed: &[u8]) -> Result<Unread, CourierError> {
    let secret = BundleSecret::of_device(store.device_signing_key());
    let Consignment { waybill, bundle } = open(sealed, &secret)?;
    let enrolled = judge_enrolment(store, &bundle)?;
    let (mut registry, pinned) = match &enrolled {
        Some(Enrolled { enrolment, registry: entries, .. }) => {
            let pinned = RegistryKey(enrolment.registry_key);
            let mut registry = Registry::default();
            registry.extend(entries, &pinned).map_err(|_| Refusal::Forged)?;
            (registry, pinned)
        }
        None => {
            let enrolment = store.enrolment()?.ok_or(Refusal::NotEnrolled)?;
            (store.registry().clone(), RegistryKey(enrolment.registry_key))
        }
    };
    let keys = judge_signatures(&bundle, registry.keys(pinned))?;
    registry.extend(continuing(&bundle.registry, registry.seq()), &pinned).map_err(|_| Refusal::Forged)?;
    match waybill.from {
        Sender::Province(province) if province == keys.current() => {}
        Sender::Province(_) => return Err(Refusal::OtherProvince.into()),
        Sender::Device(device) => {
            if registry.device(device).is_none_or(|device| device.revocation.is_some()) {
                return Err(Refusal::UnknownSender.into());
            }
            if speaks_as_province(&bundle) {
                return Err(Refusal::Forged.into());
            }
        }
    }
    Ok(Unread { waybill, bundle, enrolled })
}

/// The answer to the request that this device sent by stick, if it did and the file holds one.
fn judge_enrolment(store: &Store, bundle: &Bundle) -> Result<Option<Enrolled>, CourierError> {
    let Some((asked, response)) = store.enrolment_request()?.zip(bundle.enrol_response.clone()) else {
        return Ok(None);
    };
    match Enrolled::judge(&asked.invitation, &asked.request, response, None) {
        Ok(enrolled) => Ok(Some(enrolled)),
        Err(SyncError::ForgedRegistry(_) | SyncError::OtherAuthority) => Err(Refusal::OtherProvince.into()),
        Err(_) => Err(Refusal::Forged.into()),
    }
}

/// Whoever packed it: entries and receipts are the province's word, or somebody made them up. Returns the province's
/// keys with those the entries name.
fn judge_signatures(bundle: &Bundle, mut keys: KeyLineage) -> Result<KeyLineage, Refusal> {
    let mut before: Option<&SignedEntry> = None;
    for entry in &bundle.registry {
        let follows = before.is_none_or(|before| entry.seq == before.seq + 1 && entry.prev_hash == before.hash());
        if !follows || keys.follow(entry).is_err() {
            return Err(Refusal::Forged);
        }
        before = Some(entry);
    }
    let genuine = bundle.receipts.iter().all(|receipt| keys.verify_receipt(receipt).is_ok());
    if genuine { Ok(keys) } else { Err(Refusal::Forged) }
}

/// Only a province numbers, refuses, holds and enrols.
fn speaks_as_province(bundle: &Bundle) -> bool {
    let Bundle { numbered, stretches, notices, held, enrol_response, .. } = bundle;
    !(numbered.is_empty() && stretches.is_empty() && notices.is_empty() && held.is_empty() && enrol_response.is_none())
}

/// The entries that can be appended to what is known. Files of different ages overlap, and one that was packed after
/// another that has not come yet begins too late.
fn continuing(entries: &[SignedEntry], known: u64) -> &[SignedEntry] {
    entries.iter().position(|entry| entry.seq == known + 1).map_or(&[], |at| &entries[at..])
}

/// Takes a file: opens it, judges it and, if nothing is wrong with it, takes in what it holds. Each step is durable
/// before the next; a file that was taken in part is simply taken again.
pub fn take(
    store: &mut Store,
    sealed: &[u8],
    now_ms: u64,
    rng: &mut impl CryptoRngCore,
) -> Result<Taken, CourierError> {
    let unread = look(store, sealed)?;
    unread.take(store, now_ms, rng)
}

impl Unread {
    /// What its packer says it has.
    pub(crate) fn known(&self) -> Known {
        let Bundle { vector, standing, .. } = &self.bundle;
        let Standing { registry_seq, mut lacks, .. } = standing.clone().unwrap_or_default();
        lacks.truncate(MOST_LACKING);
        Known { vector: vector.clone(), registry_seq, lacks }
    }

    /// Takes in what the file holds.
    pub fn take(self, store: &mut Store, now_ms: u64, rng: &mut impl CryptoRngCore) -> Result<Taken, CourierError> {
        let Unread { waybill, bundle, enrolled } = self;
        let Bundle {
            registry,
            vector,
            receipts,
            segments,
            standing: _,
            numbered,
            stretches,
            notices,
            attachments,
            held,
            enrol_request: _,
            enrol_response: _,
            later: _,
        } = bundle;
        let mut taken = Taken { enrolled: enrolled.is_some(), ..Taken::default() };
        let sent_before = store.sync_summary()?.sent_saves;
        if let Some(enrolled) = enrolled {
            enrolled.remember_in(store, now_ms, rng).map_err(|error| match error {
                SyncError::Store(error) => CourierError::Store(error),
                _ => CourierError::Refused(Refusal::Forged),
            })?;
        }
        let behind = registry.last().is_some_and(|last| last.seq > store.registry().seq());
        let entries = continuing(&registry, store.registry().seq());
        taken.needs_earlier |= behind && entries.is_empty();
        store.apply_registry(entries, now_ms)?;
        store.apply_receipts(&receipts)?;
        store.note_server_notices(&notices, now_ms)?;
        for hash in held {
            store.mark_blob_sent(hash, now_ms)?;
        }
        let source = match waybill.from {
            Sender::Province(_) => BlobSource::Province,
            Sender::Device(_) => BlobSource::Colleague,
        };
        for piece in attachments {
            take_piece(store, piece, source, &mut taken)?;
        }
        let (cursors, whole) = reached(store.next_cursors()?, &stretches);
        taken.needs_earlier |= !whole;
        let numbered = numbered.into_iter().map(|segment| {
            let ScopeSegment { scope: _, gsn, received_ms, bytes } = segment;
            Incoming { gsn: Some(gsn), received_ms: Some(received_ms), bytes }
        });
        let unnumbered = segments.into_iter().map(|bytes| Incoming { gsn: None, received_ms: None, bytes });
        let outcome = store.apply_segments(numbered.chain(unnumbered).collect(), &cursors, now_ms)?;
        if store.sync_summary()?.frozen_lanes > 0 {
            // Another copy of this device wrote under the same name; what it has not sent goes under a new one.
            store.begin_incarnation(rng)?;
            let clock = store.clock_quality()?;
            store.seal_pending(clock)?;
        }
        if let Sender::Device(device) = waybill.from
            && !vector.is_empty()
        {
            store.note_colleague(device, waybill.packed_ms, &vector)?;
        }
        taken.sent_saves = store.sync_summary()?.sent_saves.saturating_sub(sent_before);
        taken.received_saves = outcome.saves as u64;
        taken.known_segments = outcome.replayed as u64;
        taken.conflicts_new = outcome.new_conflicts as u64;
        taken.quarantined = (outcome.quarantined + notices.len()) as u64;
        taken.needs_earlier |= outcome.waiting > 0;
        Ok(taken)
    }
}

/// Pieces of an attachment are taken in their order; one that comes too early is left for the next time.
fn take_piece(
    store: &mut Store,
    piece: AttachmentPiece,
    source: BlobSource,
    taken: &mut Taken,
) -> Result<(), CourierError> {
    let AttachmentPiece { hash, byte_length, offset, bytes } = piece;
    let held = store.blob_state(hash)?;
    if held.byte_length > 0 && held.held_bytes == held.byte_length {
        return Ok(());
    }
    if offset > held.held_bytes {
        taken.needs_earlier = true;
        return Ok(());
    }
    // It may overlap what came over a link meanwhile.
    let Some(new) = bytes.get((held.held_bytes - offset) as usize..) else { return Ok(()) };
    match store.receive_blob(hash, byte_length, held.held_bytes, new, source) {
        Ok(state) => {
            taken.attachments += u64::from(state.held_bytes == state.byte_length);
            Ok(())
        }
        // Not what its name says: thrown away by the store, to be fetched or brought again.
        Err(StoreError::BlobMismatch) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// How far the stretches bring a reader, and whether all of them follow what was read.
fn reached(read: Vec<ScopeCursor>, stretches: &[Stretch]) -> (Vec<ScopeCursor>, bool) {
    let mut read: BTreeMap<Scope, u64> = read.into_iter().map(|cursor| (cursor.scope, cursor.gsn)).collect();
    let mut moved = BTreeMap::new();
    let mut whole = true;
    for Stretch { scope, after, up_to } in stretches {
        let at = read.entry(scope.clone()).or_insert(0);
        if *at < *after {
            whole = false;
        } else if *at < *up_to {
            *at = *up_to;
            moved.insert(scope.clone(), *up_to);
        }
    }
    (moved.into_iter().map(|(scope, gsn)| ScopeCursor { scope, gsn }).collect(), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_reached(read: u64, stretches: &[(u64, u64)], expected: Option<u64>, whole: bool) {
        let scope: Scope = "81.71.01".parse().expect("a scope");
        let stretches: Vec<Stretch> = stretches
            .iter()
            .map(|(after, up_to)| Stretch { scope: scope.clone(), after: *after, up_to: *up_to })
            .collect();
        let cursors = reached(vec![ScopeCursor { scope: scope.clone(), gsn: read }], &stretches);
        let expected = expected.map(|gsn| ScopeCursor { scope, gsn }).into_iter().collect();
        assert_eq!(cursors, (expected, whole), "{read} {stretches:?}");
    }

    #[test]
    fn a_cursor_never_jumps_over_what_has_not_come() {
        check_reached(0, &[(0, 5)], Some(5), true);
        check_reached(0, &[(0, 5), (5, 9)], Some(9), true);
        check_reached(3, &[(0, 5), (5, 9)], Some(9), true);
        check_reached(9, &[(0, 5)], None, true);
        check_reached(0, &[(5, 9)], None, false);
        check_reached(0, &[(0, 5), (6, 9)], Some(5), false);
    }
}
