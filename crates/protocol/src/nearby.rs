//! What two laptops on one network say to each other, over TLS that proves their device keys.
//!
//! They exchange [consignments](crate::Consignment), sealed as for a stick; these few words around them say why one
//! calls, who listens next and what was taken.

use serde::{Deserialize, Serialize};

/// The version of these messages.
pub const NEARBY_PROTOCOL: u16 = 1;

/// The name TLS is given for them (RFC 7301).
pub const NEARBY_ALPN: &[u8] = b"arumbae-nearby";

/// Under which laptops announce themselves and look for others (RFC 6763).
pub const NEARBY_SERVICE: &str = "_arumbae._tcp.local.";

/// Where a laptop listens if nothing else does.
pub const NEARBY_PORT: u16 = 7471;

/// The longest message that is no file, in bytes.
pub const MAX_WORD: usize = 1024;

/// What one laptop says to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NearbyMessage {
    /// Said first, by each.
    Opening(Opening),
    /// The other is known and welcome; said by each once both have the same registry.
    Welcome,
    /// The other is not, or something it sent; the connection is over.
    Refused(NearbyRefusal),
    /// A file, sealed to the other as it would be for a stick.
    File(#[serde(with = "serde_bytes")] Vec<u8>),
    /// A file was taken and is durable.
    Taken,
    /// There are no more files.
    Done,
    /// What the one who was called promises of its nonce before it hears the caller's.
    Commitment(#[serde(with = "serde_bytes")] [u8; 32]),
    /// A share of the code.
    Nonce(#[serde(with = "serde_bytes")] [u8; 32]),
    /// The officer sees the same code on both screens.
    Confirmed,
}

/// Who calls, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// [`NEARBY_PROTOCOL`].
    pub protocol: u16,
    /// The province: the hash of the entry that founded its registry.
    #[serde(with = "serde_bytes")]
    pub province: [u8; 32],
    /// The last registry entry it holds: whoever holds more gives them to the other first.
    pub registry_seq: u64,
    /// The port it listens at, to be called back.
    pub port: u16,
    /// What the caller wants; who is called repeats it.
    pub purpose: Purpose,
}

/// What a laptop calls another for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To compare a code on both screens.
    Pair,
    /// To exchange what each has.
    Exchange,
}

/// Why a laptop will not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NearbyRefusal {
    /// The other belongs to another province.
    OtherProvince,
    /// The registry does not name the other's device.
    UnknownDevice,
    /// The other's device was revoked.
    Revoked,
    /// The officers have not compared codes, or one of them forgot the pairing.
    NotPaired,
    /// The officer said that the codes differ, or did not want to.
    Declined,
    /// A code is being compared with somebody else.
    Busy,
    /// The other speaks a later version.
    NewerProtocol,
    /// A file was damaged, forged or for somebody else.
    BadFile,
    /// What was said makes no sense here, or a later version's reason.
    #[serde(other)]
    Senseless,
}
