//! Lanes: who wrote, in which incarnation of the device, into which scope.

use std::fmt;

use arumbae_domain::Scope;

use crate::wire::{Reader, WireError, put_text};

/// A device's Ed25519 public key; the device's name in the log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey(pub [u8; 32]);

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({self})")
    }
}

/// One author's densely numbered saves.
///
/// The incarnation is new after every install and every restore from a backup; reusing one would give two
/// saves the same number and fork the chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// Whose key signs the lane.
    pub device: DeviceKey,
    /// Drawn at random for each install or restore.
    pub incarnation: u64,
    /// What the lane writes into.
    pub scope: Scope,
}

/// The first 16 bytes of BLAKE3 over a lane's canonical bytes: short enough to refer to it everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId(pub [u8; 16]);

impl fmt::Display for LaneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LaneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LaneId({self})")
    }
}

impl Lane {
    /// The lane's short name: BLAKE3 (key, incarnation little-endian, scope text), truncated to 16 bytes.
    pub fn id(&self) -> LaneId {
        let mut hasher = blake3::Hasher::new_derive_key("arumbae 2026 lane id");
        hasher.update(&self.device.0);
        hasher.update(&self.incarnation.to_le_bytes());
        hasher.update(self.scope.to_string().as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        LaneId(id)
    }
}

/// Writes a lane in full.
pub(crate) fn put(out: &mut Vec<u8>, lane: &Lane) {
    let Lane { device, incarnation, scope } = lane;
    out.extend_from_slice(&device.0);
    out.extend_from_slice(&incarnation.to_le_bytes());
    put_text(out, &scope.to_string());
}

/// Reads what [`put`] wrote.
pub(crate) fn get(reader: &mut Reader<'_>) -> Result<Lane, WireError> {
    let device = DeviceKey(reader.array()?);
    let incarnation = u64::from_le_bytes(reader.array()?);
    let scope = reader.text()?.parse().map_err(|_| WireError("scope"))?;
    Ok(Lane { device, incarnation, scope })
}
