//! Being found and finding others on the network of an office: multicast DNS (RFC 6762) with service discovery
//! (RFC 6763).
//!
//! The announcement holds a name drawn for the occasion, a port and a mark: no name of a machine, a person or a place.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::Registry;
use arumbae_protocol::nearby::{NEARBY_PROTOCOL, NEARBY_SERVICE};
use mdns_sd::{IfKind, Receiver, ResolvedService, ServiceDaemon, ServiceEvent, ServiceInfo};

use super::alias::Alias;

/// The keys of what is announced.
const VERSION: &str = "v";
const MARK: &str = "d";

/// More laptops than any office has.
const MOST_FOUND: usize = 64;

/// A laptop that announces itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is called while it listens.
    pub alias: Alias,
    /// Where it listens.
    pub address: SocketAddr,
    mark: String,
}

impl Found {
    /// Whose it says it is, if the registry knows its device. Only a call proves it.
    pub fn device(&self, registry: &Registry) -> Option<DeviceKey> {
        registry.devices().map(|(key, _)| key).find(|key| self.is(*key))
    }

    pub(super) fn is(&self, device: DeviceKey) -> bool {
        self.alias.mark(device) == self.mark
    }
}

/// What is found, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings(Arc<Mutex<BTreeMap<Alias, Found>>>);

impl Findings {
    fn held(&self) -> MutexGuard<'_, BTreeMap<Alias, Found>> {
        // Entries are replaced whole, so a poisoned lock is as good as any.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn all(&self) -> Vec<Found> {
        self.held().values().cloned().collect()
    }

    /// Follows what the network says, for as long as it says anything.
    pub async fn follow(self, events: Receiver<ServiceEvent>, own: Alias) {
        while let Ok(event) = events.recv_async().await {
            match event {
                ServiceEvent::ServiceResolved(service) => {
                    let mut held = self.held();
                    if let Some(found) = found(&service).filter(|found| found.alias != own)
                        && (held.len() < MOST_FOUND || held.contains_key(&found.alias))
                    {
                        held.insert(found.alias.clone(), found);
                    }
                }
                ServiceEvent::ServiceRemoved(_, name) => {
                    if let Some(alias) = alias_in(&name) {
                        self.held().remove(&alias);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Announces this laptop until it is dropped.
pub(super) struct Announcement(ServiceDaemon);

impl Announcement {
    /// Begins to announce and to look. What is found comes from the receiver.
    pub fn begin(
        alias: &Alias,
        device: DeviceKey,
        address: SocketAddr,
    ) -> Result<(Self, Receiver<ServiceEvent>), mdns_sd::Error> {
        let announcement = Announcement(ServiceDaemon::new()?);
        if address.ip().is_loopback() {
            // Nobody else could call it.
            announcement.0.disable_interface(IfKind::All)?;
            announcement.0.enable_interface(IfKind::LoopbackV4)?;
        }
        let host = format!("{alias}.local.");
        let (version, mark) = (NEARBY_PROTOCOL.to_string(), alias.mark(device));
        let said = [(VERSION, version.as_str()), (MARK, mark.as_str())];
        let service = if address.ip().is_unspecified() {
            ServiceInfo::new(NEARBY_SERVICE, &alias.to_string(), &host, "", address.port(), &said[..])?
                .enable_addr_auto()
        } else {
            ServiceInfo::new(NEARBY_SERVICE, &alias.to_string(), &host, address.ip(), address.port(), &said[..])?
        };
        announcement.0.register(service)?;
        let events = announcement.0.browse(NEARBY_SERVICE)?;
        Ok((announcement, events))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // It says goodbye on its own thread; if that is gone already there is nobody to say it to.
        let _ = self.0.shutdown();
    }
}

fn found(service: &ResolvedService) -> Option<Found> {
    let alias = alias_in(service.get_fullname())?;
    let mark = service.get_property_val_str(MARK).filter(|mark| mark.len() == 16)?.to_owned();
    let mut addresses: Vec<IpAddr> = service.get_addresses().iter().map(|address| address.to_ip_addr()).collect();
    addresses.retain(|address| is_local(*address));
    // The others' address on the network is worth more than the machine's own; the sixth version needs more than that.
    addresses.sort_by_key(|address| (address.is_ipv6(), address.is_loopback(), *address));
    Some(Found { alias, mark, address: SocketAddr::new(*addresses.first()?, service.get_port()) })
}

fn alias_in(full_name: &str) -> Option<Alias> {
    Alias::announced(full_name.strip_suffix(NEARBY_SERVICE)?.strip_suffix('.')?)
}

/// Whether an address is of a network at hand: private (RFC 1918, RFC 4193), of this link, or of this machine.
pub(super) fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local() || address.is_loopback(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_local(IpAddr::V4(mapped)),
            None => address.is_loopback() || address.is_unicast_link_local() || address.is_unique_local(),
        },
    }
}

/// The addresses of this machine that others on the network reach it by.
pub(super) fn own_addresses() -> Vec<Ipv4Addr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut own: Vec<Ipv4Addr> = interfaces
        .into_iter()
        .filter_map(|interface| match interface.ip() {
            IpAddr::V4(address) if is_local(address.into()) && !address.is_loopback() => Some(address),
            _ => None,
        })
        .collect();
    own.sort();
    own.dedup();
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_networks_at_hand_are_local() {
        for (address, local) in [
            ("192.168.1.20", true),
            ("10.0.0.1", true),
            ("172.31.255.1", true),
            ("169.254.3.4", true),
            ("127.0.0.1", true),
            ("fe80::1", true),
            ("fd00::1", true),
            ("::ffff:192.168.1.20", true),
            ("8.8.8.8", false),
            ("172.32.0.1", false),
            ("2001:db8::1", false),
            ("::ffff:8.8.8.8", false),
        ] {
            assert_eq!(is_local(address.parse().expect("an address")), local, "{address}");
        }
    }

    #[test]
    fn only_names_of_ours_are_read_from_the_network() {
        let alias = Alias::announced("7QX4MD").expect("a name of ours");
        assert_eq!(alias_in("7QX4MD._arumbae._tcp.local."), Some(alias));
        assert_eq!(alias_in("7QX4MD._printer._tcp.local."), None);
        assert_eq!(alias_in("Laptop Budi._arumbae._tcp.local."), None);
    }
}
