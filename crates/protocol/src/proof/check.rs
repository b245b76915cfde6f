//! What a proof proves, what in it is false, and what it leaves open.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::schema::{RecordId, RecordKind, Value};
use arumbae_mergelog::segment::SegmentHash;
use arumbae_mergelog::{ClockQuality, DeviceKey, Lane, LaneId, OpId, Operation, Save};
use uuid::Uuid;

use super::{ProofSegment, RecordProof};
use crate::keys::RegistryKey;
use crate::registry::{KeyLineage, Person, Registry, SignedEntry};

/// A clock that is further off than this is told of, in milliseconds.
const CLOCK_FAR_OFF_MS: u32 = 5 * 60 * 1000;

/// What came of checking a proof. It is worth something only without [faults](Self::faults).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofReport {
    /// The record.
    pub record: RecordId,
    /// What it is, if the save that made it is among those proven.
    pub kind: Option<RecordKind>,
    /// When the proof was made, by its maker's clock, milliseconds since 1970 UTC.
    pub made_ms: u64,
    /// The device that made it.
    pub maker: DeviceKey,
    /// Whose device that is, by the registry.
    pub maker_owner: Option<Uuid>,
    /// The saves, in the order of their authors' clocks.
    pub saves: Vec<ProvenSave>,
    /// The lanes they stand in.
    pub lanes: Vec<LaneProof>,
    /// The people who occur, as the registry has them.
    pub people: BTreeMap<Uuid, Person>,
    /// What is false. A proof with any is not to be relied on.
    pub faults: Vec<Fault>,
    /// What is not proven, though nothing speaks against it.
    pub gaps: Vec<Gap>,
}

/// A save that its device signed in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenSave {
    /// The lane: device, incarnation, scope.
    pub lane: Lane,
    /// Its number in the lane.
    pub seq: u64,
    /// The segment it is sealed in.
    pub segment: SegmentHash,
    /// How the device's clock compared with the server's when it was sealed.
    pub clock: ClockQuality,
    /// What was saved; `None` of a save that was erased.
    pub save: Option<Save>,
    /// Whose device it is, by the registry.
    pub owner: Option<Uuid>,
    /// The province's word for when it had it, if its receipt is there.
    pub witnessed: Option<Witnessed>,
}

/// What a receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The segment's number in its scope.
    pub gsn: u64,
    /// When the province had it, milliseconds since 1970 UTC.
    pub at_ms: u64,
}

/// How far a lane is shown to be without a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneProof {
    /// The lane.
    pub lane: Lane,
    /// The first save its headers cover.
    pub first_seq: u64,
    /// The last.
    pub last_seq: u64,
    /// How many headers lead from one to the other.
    pub segments: usize,
}

/// Something that is false.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The proof is not what its maker signed.
    MakerSignature,
    /// The province's key in the proof is not the one it was to be held against.
    OtherProvince,
    /// A header is not signed by its lane's device.
    HeaderSignature(SegmentHash),
    /// A save is not what the header signs, or not at that place, or there twice.
    SaveMismatch(SegmentHash, u64),
    /// A save does not touch the record.
    ForeignSave(SegmentHash, u64),
    /// A receipt is not signed by the province.
    ReceiptSignature(SegmentHash),
    /// A segment does not continue the one before it in its lane.
    BrokenLane(SegmentHash),
    /// An entry of the registry is not signed by the province.
    EntrySignature(u64),
    /// An entry of the registry does not continue the one before it, or stands twice.
    BrokenRegistry(u64),
}

/// Something that is not proven.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// The province's key was not held against one known from elsewhere: whoever made the file chose it.
    KeyNotPinned,
    /// The maker belonged to no province: nobody vouches for whose devices these are.
    NoProvince,
    /// No save is proven at all.
    NoSaves,
    /// The proof's maker is in no entry of the registry.
    UnknownMaker,
    /// Nobody vouches for whose device this is.
    UnknownDevice(DeviceKey),
    /// Nobody vouches for who this person is.
    UnknownPerson(Uuid),
    /// At the keyboard was another person than the device's owner; that it was this one, only the device says.
    NotTheOwner(LaneId, u64),
    /// By the entries that are there, the device had no right to write into the scope.
    NoRight(LaneId, u64),
    /// The device was revoked, and the province had this save no earlier than that.
    AfterRevocation(LaneId, u64),
    /// No receipt: when it was written, only the device's own clock says.
    NoReceipt(LaneId, u64),
    /// The device's clock was far off, by its own measurement.
    ClockFarOff(LaneId, u64),
    /// What was saved has been erased.
    Erased(LaneId, u64),
    /// The lane is not shown from its beginning.
    LaneBegins(LaneId, u64),
    /// Headers are missing between two that are there: what stood between is not shown.
    LaneGap(LaneId, u64),
    /// A save builds on one that is not in the proof.
    MissingSave(LaneId, u64),
    /// An entry of the registry is of a kind this version does not know.
    UnreadEntry(u64),
    /// Entries of the registry between those that are there are about others and were left out.
    RegistryExcerpt,
}

impl RecordProof {
    /// Checks everything there is to check, without a store and without a network. `pinned` is the province's key as
    /// the checker knows it from elsewhere.
    pub fn check(&self, pinned: Option<&RegistryKey>) -> ProofReport {
        let keys = self.registry_key.map(|key| KeyLineage::before(&self.registry, key));
        let mut checking = Checking { proof: self, keys, faults: BTreeSet::new(), gaps: BTreeSet::new() };
        let entries = checking.check_entries();
        checking.check_maker(pinned);
        let mut registry = Registry::default();
        entries.iter().for_each(|entry| registry.include(entry));
        checking.check_maker_is_known(&registry);
        let mut saves = checking.check_saves(&registry);
        let lanes = checking.check_lanes();
        let kind = checking.check_relevance(&saves);
        checking.check_authors(&saves, &registry, &entries);
        saves.sort_by_key(|proven| (proven.save.as_ref().map(|save| save.hlc), proven.lane.id(), proven.seq));
        let actors = saves.iter().filter_map(|proven| proven.save.as_ref()).map(|save| save.actor);
        let owners = saves.iter().filter_map(|proven| proven.owner).chain(registry.owner_of(self.maker));
        let people: BTreeSet<Uuid> = actors.chain(owners).collect();
        ProofReport {
            record: self.record,
            kind,
            made_ms: self.made_ms,
            maker: self.maker,
            maker_owner: registry.owner_of(self.maker),
            people: people.into_iter().filter_map(|id| Some((id, registry.person(id)?.clone()))).collect(),
            saves,
            lanes,
            faults: checking.faults.into_iter().collect(),
            gaps: checking.gaps.into_iter().collect(),
        }
    }
}

/// One checking, with what it has found so far.
struct Checking<'a> {
    proof: &'a RecordProof,
    /// The province's keys, as far as the entries have led.
    keys: Option<KeyLineage>,
    faults: BTreeSet<Fault>,
    gaps: BTreeSet<Gap>,
}

impl<'a> Checking<'a> {
    fn check_maker(&mut self, pinned: Option<&RegistryKey>) {
        if self.proof.verify_maker().is_err() {
            self.faults.insert(Fault::MakerSignature);
        }
        let belongs = |key: &RegistryKey| self.keys.as_ref().is_some_and(|keys| keys.contains(key));
        match (&self.proof.registry_key, pinned) {
            (None, _) => drop(self.gaps.insert(Gap::NoProvince)),
            (Some(key), _) if !belongs(key) => drop(self.faults.insert(Fault::OtherProvince)),
            (Some(_), None) => drop(self.gaps.insert(Gap::KeyNotPinned)),
            (Some(_), Some(pinned)) if !belongs(pinned) => drop(self.faults.insert(Fault::OtherProvince)),
            _ => {}
        }
    }

    fn check_maker_is_known(&mut self, registry: &Registry) {
        if self.proof.registry_key.is_some() && registry.device(self.proof.maker).is_none() {
            self.gaps.insert(Gap::UnknownMaker);
        }
    }

    /// The entries in the proof that are the province's own, in their order.
    fn check_entries(&mut self) -> Vec<&'a SignedEntry> {
        let mut genuine = Vec::new();
        let mut before: Option<(u64, [u8; 32])> = None;
        for entry in &self.proof.registry {
            if self.keys.as_mut().is_none_or(|keys| keys.follow(entry).is_err()) {
                self.faults.insert(Fault::EntrySignature(entry.seq));
                continue;
            }
            let (last, hash) = before.unwrap_or((0, [0; 32]));
            let adjacent = last.checked_add(1) == Some(entry.seq);
            if entry.seq <= last || (adjacent && entry.prev_hash != hash) {
                self.faults.insert(Fault::BrokenRegistry(entry.seq));
                continue;
            }
            if !adjacent {
                self.gaps.insert(Gap::RegistryExcerpt);
            }
            if entry.decode().is_err() {
                self.gaps.insert(Gap::UnreadEntry(entry.seq));
            }
            before = Some((entry.seq, entry.hash()));
            genuine.push(entry);
        }
        genuine
    }

    fn check_saves(&mut self, registry: &Registry) -> Vec<ProvenSave> {
        let mut proven = Vec::new();
        for ProofSegment { header: segment, receipt, saves } in &self.proof.segments {
            let header = segment.header();
            let hash = segment.hash();
            if segment.verify().is_err() {
                self.faults.insert(Fault::HeaderSignature(hash));
                continue;
            }
            let witnessed = receipt.as_ref().and_then(|receipt| {
                let ours = receipt.lane == header.lane
                    && (receipt.first_seq, receipt.count) == (header.first_seq, header.count)
                    && receipt.hash == hash;
                let genuine = self.keys.as_ref().is_some_and(|keys| keys.verify_receipt(receipt).is_ok());
                if !ours || !genuine {
                    self.faults.insert(Fault::ReceiptSignature(hash));
                    return None;
                }
                Some(Witnessed { gsn: receipt.gsn, at_ms: receipt.received_ms })
            });
            for (at, save) in saves.iter().enumerate() {
                // Each once and in order, so that none counts twice.
                let in_order = at == 0 || saves[at - 1].seq < save.seq;
                let Some(read) = save.verify(segment).ok().filter(|_| in_order) else {
                    self.faults.insert(Fault::SaveMismatch(hash, save.seq));
                    continue;
                };
                proven.push(ProvenSave {
                    lane: header.lane.clone(),
                    seq: save.seq,
                    segment: hash,
                    clock: header.clock,
                    save: read,
                    owner: registry.owner_of(header.lane.device),
                    witnessed,
                });
            }
        }
        if proven.is_empty() {
            self.gaps.insert(Gap::NoSaves);
        }
        proven
    }

    /// Whether each lane's headers follow on each other.
    fn check_lanes(&mut self) -> Vec<LaneProof> {
        let mut lanes: BTreeMap<LaneId, (LaneProof, SegmentHash)> = BTreeMap::new();
        for ProofSegment { header: segment, .. } in &self.proof.segments {
            let header = segment.header();
            let id = header.lane.id();
            let Some((lane, last)) = lanes.get_mut(&id) else {
                if header.first_seq != 1 {
                    self.gaps.insert(Gap::LaneBegins(id, header.first_seq));
                } else if header.prev_hash != SegmentHash::GENESIS {
                    self.faults.insert(Fault::BrokenLane(segment.hash()));
                }
                let lane = LaneProof {
                    lane: header.lane.clone(),
                    first_seq: header.first_seq,
                    last_seq: header.last_seq(),
                    segments: 1,
                };
                lanes.insert(id, (lane, segment.hash()));
                continue;
            };
            let adjacent = lane.last_seq.checked_add(1) == Some(header.first_seq);
            if header.first_seq <= lane.last_seq || (adjacent && header.prev_hash != *last) {
                self.faults.insert(Fault::BrokenLane(segment.hash()));
            } else if !adjacent {
                self.gaps.insert(Gap::LaneGap(id, lane.last_seq));
            }
            lane.last_seq = lane.last_seq.max(header.last_seq());
            lane.segments += 1;
            *last = segment.hash();
        }
        lanes.into_values().map(|(lane, _)| lane).collect()
    }

    /// Whether every save is about the record or something that became part of it, and builds on nothing that is left
    /// out. Returns what the record is.
    fn check_relevance(&mut self, saves: &[ProvenSave]) -> Option<RecordKind> {
        let operations = || saves.iter().filter_map(|proven| proven.save.as_ref()).flat_map(|save| &save.ops);
        let mut parts: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
        for op in operations() {
            if let Operation::Add { record, list: _, element: Value::Reference(child) } = op {
                parts.entry(*record).or_default().push(*child);
            }
        }
        let mut members = BTreeSet::from([self.proof.record]);
        let mut unvisited = vec![self.proof.record];
        while let Some(record) = unvisited.pop() {
            let children = parts.get(&record).into_iter().flatten();
            unvisited.extend(children.filter(|child| members.insert(**child)));
        }
        let here: BTreeSet<(LaneId, u64)> = saves.iter().map(|proven| (proven.lane.id(), proven.seq)).collect();
        for proven in saves {
            let Some(save) = &proven.save else { continue };
            if save.ops.iter().all(|op| !members.contains(&op.record())) {
                self.faults.insert(Fault::ForeignSave(proven.segment, proven.seq));
            }
            let about = save.ops.iter().filter(|op| members.contains(&op.record()));
            for OpId { lane, seq, index: _ } in about.flat_map(Operation::named) {
                if !here.contains(&(*lane, *seq)) {
                    self.gaps.insert(Gap::MissingSave(*lane, *seq));
                }
            }
        }
        operations().find_map(|op| match op {
            Operation::Create { record, kind } if *record == self.proof.record => kind.known(),
            _ => None,
        })
    }

    /// Whether it is proven who wrote each save, that they might, and when.
    fn check_authors(&mut self, saves: &[ProvenSave], registry: &Registry, entries: &[&SignedEntry]) {
        for proven in saves {
            let (lane, seq, device) = (proven.lane.id(), proven.seq, proven.lane.device);
            let ClockQuality { offset_ms, uncertainty_ms } = proven.clock;
            if uncertainty_ms != u32::MAX && offset_ms.unsigned_abs() > CLOCK_FAR_OFF_MS {
                self.gaps.insert(Gap::ClockFarOff(lane, seq));
            }
            if proven.save.is_none() {
                self.gaps.insert(Gap::Erased(lane, seq));
            }
            if self.proof.registry_key.is_none() {
                continue;
            }
            if proven.witnessed.is_none() {
                self.gaps.insert(Gap::NoReceipt(lane, seq));
            }
            let Some(registered) = registry.device(device) else {
                self.gaps.insert(Gap::UnknownDevice(device));
                continue;
            };
            let cut_off = registered.revocation.as_ref().map(|revocation| revocation.cut_offs.get(&lane).copied());
            if cut_off.is_some_and(|last| last.is_none_or(|last| seq > last)) {
                self.gaps.insert(Gap::AfterRevocation(lane, seq));
            }
            let Some(actor) = proven.save.as_ref().map(|save| save.actor) else { continue };
            if registry.person(actor).is_none() {
                self.gaps.insert(Gap::UnknownPerson(actor));
            }
            if registered.person != actor {
                self.gaps.insert(Gap::NotTheOwner(lane, seq));
            }
        }
        self.check_rights(saves, registry, entries);
    }

    /// Rights are judged by the registry the author knew; who was given the right since has it too.
    fn check_rights(&mut self, saves: &[ProvenSave], registry: &Registry, entries: &[&SignedEntry]) {
        let written = saves.iter().filter_map(|proven| Some((proven.save.as_ref()?.policy_epoch, proven)));
        let mut by_epoch: Vec<(u32, &ProvenSave)> = written.collect();
        by_epoch.sort_by_key(|(epoch, _)| *epoch);
        let mut then = Registry::default();
        let mut entries = entries.iter().peekable();
        for (epoch, proven) in by_epoch {
            while let Some(entry) = entries.next_if(|entry| entry.seq <= u64::from(epoch)) {
                then.include(entry);
            }
            let Lane { device, scope, .. } = &proven.lane;
            if registry.device(*device).is_none_or(|registered| registered.revocation.is_some()) {
                continue;
            }
            if !then.may_write(*device, scope) && !registry.may_write(*device, scope) {
                self.gaps.insert(Gap::NoRight(proven.lane.id(), proven.seq));
            }
        }
    }
}
