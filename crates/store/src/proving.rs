//! The proof of a record, put together from the log, the receipts and the registry held here.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::RegionCode;
use arumbae_domain::schema::RecordId;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::{Grant, ProofSegment, RecordProof, RegistryEntry, RegistryKey, SignedEntry};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::opening::Store;
use crate::tables::{lane, receipt, registry, save_list, segment};

impl Store {
    /// Everything that proves what is held here of a record and its parts, signed with this device's key; see
    /// [`RecordProof`]. What was not sealed yet is sealed first: only what is signed can be proven.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecord`].
    pub fn record_proof(&mut self, record: RecordId, now_ms: u64) -> Result<RecordProof> {
        self.seal_pending(self.clock_quality()?)?;
        let mut wanted: BTreeMap<i64, BTreeSet<u64>> = BTreeMap::new();
        for member in self.members(record)?.into_keys() {
            for (lane, seq) in save_list::of_record(&self.connection, member)?.places() {
                wanted.entry(lane).or_default().insert(seq);
            }
        }
        if wanted.is_empty() {
            return Err(StoreError::NoSuchRecord);
        }
        let mut named = Named { devices: BTreeSet::from([self.device_key()]), ..Named::default() };
        let mut segments = Vec::new();
        for (lane_rid, saves) in wanted {
            let lane = lane::get(&self.connection, lane_rid)?.lane;
            named.devices.insert(lane.device);
            named.regions.insert(lane.scope.region().clone());
            let saves: Vec<u64> = saves.into_iter().collect();
            let last = saves.last().copied().unwrap_or_default();
            segment::for_each_of_lane(&self.connection, lane_rid, last, |row| {
                let proven = self.prove(&row, &saves, &mut named)?;
                segments.push(proven);
                Ok(())
            })?;
        }
        named.people.extend(named.devices.iter().filter_map(|device| self.registry.owner_of(*device)));
        let enrolment = self.enrolment()?;
        let entries = registry::all(&self.connection)?;
        Ok(RecordProof::make(
            record,
            now_ms,
            enrolment.map(|enrolment| RegistryKey(enrolment.registry_key)),
            segments,
            entries.into_iter().filter(|entry| named.is_named_in(entry)).collect(),
            &self.device,
        ))
    }

    fn prove(&self, row: &segment::SegmentRow, saves: &[u64], named: &mut Named) -> Result<ProofSegment> {
        let header = row.segment.signed_header();
        let within: Vec<u64> = saves
            .iter()
            .copied()
            .filter(|seq| (row.segment.header().first_seq..=row.segment.last_seq()).contains(seq))
            .collect();
        let damaged = |error| StoreError::undecodable("log", error);
        let saves = if within.is_empty() { Vec::new() } else { row.segment.prove(&within).map_err(damaged)? };
        for save in &saves {
            named.people.extend(save.verify(&header).map_err(damaged)?.map(|save| save.actor));
        }
        Ok(ProofSegment { receipt: receipt::find(&self.connection, header.hash())?, header, saves })
    }
}

/// Who and what occurs in a proof: nothing of the registry but what is about them goes along.
#[derive(Default)]
struct Named {
    people: BTreeSet<Uuid>,
    devices: BTreeSet<DeviceKey>,
    regions: BTreeSet<RegionCode>,
}

impl Named {
    fn is_named_in(&self, entry: &SignedEntry) -> bool {
        match entry.decode() {
            Ok(RegistryEntry::Office { region, name: _ }) => self.regions.iter().any(|own| region.contains(own)),
            Ok(RegistryEntry::Person { id, .. }) => self.people.contains(&id),
            Ok(RegistryEntry::Device { key, person: _ } | RegistryEntry::RevokeDevice { key, cut_offs: _ }) => {
                self.devices.contains(&key)
            }
            Ok(RegistryEntry::Grant(Grant { person, .. }) | RegistryEntry::Withdraw(Grant { person, .. })) => {
                self.people.contains(&person)
            }
            // Who signed the rest.
            Ok(RegistryEntry::RegistryKey(_)) => true,
            Ok(
                RegistryEntry::Certificate { .. }
                | RegistryEntry::Authority { .. }
                | RegistryEntry::TimeStamping { .. }
                | RegistryEntry::RevokeCertificate { .. }
                | RegistryEntry::RecoveryKey { .. }
                | RegistryEntry::BundleKey { .. }
                | RegistryEntry::Act(_),
            )
            | Err(_) => false,
        }
    }
}
