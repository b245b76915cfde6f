//! Whether anything leads out of this machine, by its own routing table. Nothing is sent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use http::Uri;

/// Addresses for documentation (RFC 5737, RFC 3849): nobody has them, and they are routed like anybody's.
const ANYWHERE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// Any port will do.
const DISCARD: u16 = 9;

/// This machine's address in the network by which a server is reached; `None` where nothing leads there: no cable, no
/// Wi-Fi, no modem. Another one than before is another network, or one that has come.
pub fn way_out(server_url: &str) -> Option<IpAddr> {
    let url: Uri = server_url.parse().ok()?;
    let host = url.host()?.trim_start_matches('[').trim_end_matches(']');
    match host.parse() {
        Ok(address) => leads_to(address),
        // Looking the name up would need the network that is asked about.
        Err(_) => ANYWHERE.into_iter().find_map(leads_to),
    }
}

/// A datagram socket that is connected has chosen its way, and has sent nothing.
fn leads_to(address: IpAddr) -> Option<IpAddr> {
    let own: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(own, 0)).ok()?;
    socket.connect(SocketAddr::new(address, DISCARD)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_always_leads_to_itself() {
        assert_eq!(way_out("https://127.0.0.1:8443"), Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(way_out("no address at all"), None);
    }
}
