//! What a number of devices wrote, in rounds that ended with all of them meeting.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::{DeviceKey, Hlc, Lane, LaneId, OpId, Operation, RecordState, Save, Stamp};
use ed25519_dalek::SigningKey;
use uuid::Uuid;

/// One device and all it wrote.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its key.
    pub key: SigningKey,
    /// Where it writes.
    pub lane: Lane,
    /// Its saves, in order of number.
    pub saves: Vec<Save>,
    /// How many saves it had written at each meeting.
    pub meetings: Vec<usize>,
}

/// The work of all devices.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// The devices.
    pub devices: Vec<Device>,
}

impl Work {
    /// How many fields were written. That a record was made is not counted: a bare table has no row for it.
    pub fn operations(&self) -> usize {
        let ops = self.devices.iter().flat_map(|device| &device.saves).flat_map(|save| &save.ops);
        ops.filter(|op| !matches!(op, Operation::Create { .. })).count()
    }

    /// How many saves there are.
    pub fn saves(&self) -> usize {
        self.devices.iter().map(|device| device.saves.len()).sum()
    }

    /// The records as they stand when everything has been merged.
    pub fn records(&self) -> BTreeMap<RecordId, RecordState> {
        let mut records = BTreeMap::new();
        for device in &self.devices {
            apply(&mut records, device.lane.id(), &device.saves);
        }
        records
    }
}

/// How many edits stand beside another of the same field, because neither author knew of the other.
pub fn concurrent_edits(records: &BTreeMap<RecordId, RecordState>) -> usize {
    let fields = records.values().flat_map(RecordState::fields);
    fields.map(|(_, view)| view.heads.len().saturating_sub(1)).sum()
}

/// Lets records follow saves of one lane.
pub(crate) fn apply(records: &mut BTreeMap<RecordId, RecordState>, lane: LaneId, saves: &[Save]) {
    for save in saves {
        let stamp = Stamp { hlc: save.hlc, received_ms: None, actor: save.actor };
        for (index, op) in (0..).zip(&save.ops) {
            records.entry(op.record()).or_default().apply(OpId { lane, seq: save.seq, index }, stamp, op);
        }
    }
}

/// A device at work.
#[derive(Clone, Debug)]
pub struct Writer {
    key: SigningKey,
    lane: Lane,
    lane_id: LaneId,
    actor: Uuid,
    hlc: Hlc,
    last_seq: u64,
    saves: Vec<Save>,
    meetings: Vec<usize>,
    /// What it has seen of the others since its last save.
    seen: Vec<(LaneId, u64)>,
}

impl Writer {
    /// A device with its key, the number of its installation, and the person at it.
    pub fn new(key: SigningKey, incarnation: u64, actor: Uuid) -> Writer {
        let device = DeviceKey(key.verifying_key().to_bytes());
        let lane = Lane { device, incarnation, scope: Scope::open(district()) };
        Writer {
            lane_id: lane.id(),
            key,
            lane,
            actor,
            hlc: Hlc::default(),
            last_seq: 0,
            saves: Vec::new(),
            meetings: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// The same, writing somewhere else than everybody.
    #[must_use]
    pub fn in_scope(self, scope: Scope) -> Writer {
        let lane = Lane { scope, ..self.lane };
        Writer { lane_id: lane.id(), lane, ..self }
    }

    /// Where it writes.
    pub fn lane(&self) -> &Lane {
        &self.lane
    }

    /// What it wrote so far, or since the last time that was taken.
    pub fn saves(&self) -> &[Save] {
        &self.saves
    }

    /// Takes what it wrote, so that a work without end needs no memory without end.
    pub fn take_saves(&mut self) -> Vec<Save> {
        std::mem::take(&mut self.saves)
    }

    /// Its lane and the number of its last save: what the others see of it when they meet.
    pub fn last(&self) -> (LaneId, u64) {
        (self.lane_id, self.last_seq)
    }

    /// Sees what every device had written.
    pub fn meet(&mut self, all: &[(LaneId, u64)]) {
        self.meetings.push(self.saves.len());
        self.seen = all.iter().copied().filter(|(lane, seq)| *lane != self.lane_id && *seq > 0).collect();
        self.seen.sort_unstable();
    }

    /// Numbers and stamps a save of one record, whose state follows it.
    pub fn save(&mut self, ops: Vec<Operation>, now_ms: u64, state: &mut RecordState) {
        self.hlc = self.hlc.tick(now_ms);
        self.last_seq += 1;
        let save = Save {
            seq: self.last_seq,
            hlc: self.hlc,
            actor: self.actor,
            policy_epoch: 1,
            schema_version: 1,
            deps: std::mem::take(&mut self.seen),
            ops,
        };
        let stamp = Stamp { hlc: save.hlc, received_ms: None, actor: save.actor };
        for (index, op) in (0..).zip(&save.ops) {
            state.apply(OpId { lane: self.lane_id, seq: save.seq, index }, stamp, op);
        }
        self.saves.push(save);
    }

    /// What it wrote.
    pub fn into_device(self) -> Device {
        let Writer { key, lane, saves, meetings, .. } = self;
        Device { key, lane, saves, meetings }
    }
}

/// Where everybody writes.
pub(crate) fn district() -> RegionCode {
    "81.71.01".parse().expect("the code of a district")
}
