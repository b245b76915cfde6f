//! Which colleagues' devices this one talks to on the network of an office.

use std::net::SocketAddr;

use arumbae_mergelog::DeviceKey;

use crate::error::Result;
use crate::opening::Store;
use crate::tables::pairing;

/// A colleague's device whose officer compared the code with this one's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairedDevice {
    /// Its key.
    pub device: DeviceKey,
    /// When, by this device's clock, milliseconds since 1970 UTC.
    pub paired_ms: u64,
    /// Where it last listened.
    pub address: Option<SocketAddr>,
    /// How the last exchange with it went, if there was one.
    pub last_exchange: Option<PairedExchange>,
}

/// What an exchange between two devices moved, as this one saw it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairedExchange {
    /// When it was over, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// Saves of this device that the other was given.
    pub given_saves: u64,
    /// Segments of third devices that the other was given.
    pub given_segments: u64,
    /// Saves of others that joined the log here.
    pub received_saves: u64,
    /// Attachments that are here whole now.
    pub attachments: u64,
    /// Fields that hold more than one value now.
    pub conflicts: u64,
}

impl Store {
    /// Remembers that the officers of both devices compared the code.
    pub fn pair_with(&mut self, device: DeviceKey, address: SocketAddr, now_ms: u64) -> Result<()> {
        self.write(|tx| pairing::insert(tx, device, address, now_ms))
    }

    /// Forgets a pairing. What was exchanged stays.
    pub fn forget_pairing(&mut self, device: DeviceKey) -> Result<()> {
        self.write(|tx| pairing::remove(tx, device))
    }

    /// The devices this one is paired with, by their keys.
    pub fn paired_devices(&self) -> Result<Vec<PairedDevice>> {
        pairing::all(&self.connection)
    }

    /// Whether this device is paired with another.
    pub fn is_paired_with(&self, device: DeviceKey) -> Result<bool> {
        Ok(self.paired_devices()?.iter().any(|paired| paired.device == device))
    }

    /// Notes how an exchange with a paired device went.
    pub fn note_paired_exchange(
        &mut self,
        device: DeviceKey,
        address: SocketAddr,
        exchange: &PairedExchange,
    ) -> Result<()> {
        self.write(|tx| pairing::set_exchange(tx, device, address, exchange))
    }
}
