//! Where a connection comes from.

use std::net::IpAddr;

/// Addresses that one customer of a carrier can choose from at will: one of IPv4, a /64 of IPv6 (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AddressGroup(IpAddr);

impl From<IpAddr> for AddressGroup {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => AddressGroup(address.into()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                AddressGroup([a, b, c, d, 0, 0, 0, 0].into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_same(one: &str, other: &str, same: bool) {
        let group = |text: &str| AddressGroup::from(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(group(one) == group(other), same, "{one} and {other}");
    }

    #[test]
    fn what_one_customer_can_choose_from_is_one_group() {
        check_same("192.0.2.1", "192.0.2.1", true);
        check_same("192.0.2.1", "192.0.2.2", false);
        check_same("::ffff:192.0.2.1", "192.0.2.1", true);
        check_same("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", true);
        check_same("2001:db8:1:2::1", "2001:db8:1:3::1", false);
    }
}
