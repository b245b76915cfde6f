//! A consignment: a bundle with its waybill, as it is sealed to its receiver.
//!
//! Sealing keeps couriers from reading; it does not say who packed. The waybill does: its packer signs whom the bundle
//! is for and every byte of it, so that nobody can change or make one up, and the receiver of one cannot pass it on to
//! somebody else as if it had been packed for them.

use arumbae_mergelog::DeviceKey;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, BundleError};
use crate::keys::{BundleKey, RegistryKey, SignatureBytes};
use crate::{cbor, wire};

const MAGIC: [u8; 4] = *b"ARKR";

/// The format this version writes, and the newest it reads.
const FORMAT: u16 = 1;

/// More than any waybill has, in bytes.
const MAX_WAYBILL: usize = 1024;

/// Who packed a consignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// A province.
    Province(RegistryKey),
    /// A device.
    Device(#[serde(with = "wire::device_key")] DeviceKey),
}

/// Who packed a bundle, for whom and when, and which part of a shipment it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waybill {
    /// Who packed it.
    pub from: Sender,
    /// The key it is sealed to.
    pub to: BundleKey,
    /// What was packed in one go has one identifier.
    #[serde(with = "serde_bytes")]
    pub shipment: [u8; 16],
    /// Which part it is, from 1.
    pub part: u32,
    /// How many parts the shipment has.
    pub parts: u32,
    /// When, by the packer's clock, milliseconds since 1970 UTC.
    pub packed_ms: u64,
}

/// A bundle whose packer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consignment {
    /// Who packed it for whom.
    pub waybill: Waybill,
    /// What is in it.
    pub bundle: Bundle,
}

/// Why bytes are no consignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsignmentError {
    /// The waybill is of a later version.
    #[error("the waybill has format {found}, this program knows {FORMAT}")]
    NewerFormat {
        /// Its format.
        found: u16,
    },
    /// Cut off or changed.
    #[error("the waybill is damaged")]
    Damaged,
    /// Whoever is named as its packer did not pack this.
    #[error("the waybill is not signed by its packer")]
    Forged,
    /// What it says of parts cannot be.
    #[error("the waybill counts its parts wrongly")]
    Miscounted,
    /// The bundle cannot be read.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

#[derive(Serialize, Deserialize)]
struct SignedWaybill {
    waybill: Waybill,
    signature: SignatureBytes,
}

impl Consignment {
    /// Signs a bundle and its waybill, whose `from` must be the public half of `key`. The bytes are what is sealed.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`].
    pub fn pack(waybill: &Waybill, bundle: &Bundle, key: &SigningKey) -> Result<Vec<u8>, BundleError> {
        let content = bundle.encode()?;
        let signature = SignatureBytes::sign(key, &signed_bytes(waybill, &content));
        let signed = cbor::to_bytes(&SignedWaybill { waybill: waybill.clone(), signature });
        let mut bytes = Vec::with_capacity(content.len() + signed.len() + 8);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        // A waybill has a fixed set of small fields.
        bytes.extend_from_slice(&(signed.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&signed);
        bytes.extend_from_slice(&content);
        Ok(bytes)
    }

    /// Reads a consignment and checks that the packer it names packed it. Whether that packer is one to listen to, and
    /// the receiver the right one, is for the receiver to judge.
    pub fn unpack(bytes: &[u8]) -> Result<Self, ConsignmentError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(ConsignmentError::Damaged)?;
        let (format, rest) = rest.split_first_chunk().ok_or(ConsignmentError::Damaged)?;
        match u16::from_le_bytes(*format) {
            FORMAT => {}
            0 => return Err(ConsignmentError::Damaged),
            found => return Err(ConsignmentError::NewerFormat { found }),
        }
        let (length, rest) = rest.split_first_chunk().ok_or(ConsignmentError::Damaged)?;
        let length = usize::from(u16::from_le_bytes(*length));
        let (signed, content) = rest.split_at_checked(length).ok_or(ConsignmentError::Damaged)?;
        if length > MAX_WAYBILL {
            return Err(ConsignmentError::Damaged);
        }
        let SignedWaybill { waybill, signature } = cbor::from_bytes(signed).map_err(|_| ConsignmentError::Damaged)?;
        let key = match waybill.from {
            Sender::Province(key) => key.0,
            Sender::Device(key) => key.0,
        };
        signature.verify(&key, &signed_bytes(&waybill, content)).map_err(|_| ConsignmentError::Forged)?;
        if waybill.part == 0 || waybill.part > waybill.parts {
            return Err(ConsignmentError::Miscounted);
        }
        Ok(Consignment { bundle: Bundle::decode(content)?, waybill })
    }
}

fn signed_bytes(waybill: &Waybill, content: &[u8]) -> Vec<u8> {
    let hash = blake3::hash(content);
    cbor::to_bytes(&("arumbae 2026 waybill", waybill, serde_bytes::Bytes::new(hash.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[8; 32])
    }

    fn waybill() -> Waybill {
        Waybill {
            from: Sender::Device(DeviceKey(key().verifying_key().to_bytes())),
            to: BundleKey([9; 32]),
            shipment: [1; 16],
            part: 2,
            parts: 3,
            packed_ms: 1_700_000_000_000,
        }
    }

    fn bundle() -> Bundle {
        Bundle { segments: vec![vec![1, 2, 3]], ..Bundle::default() }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let bytes = Consignment::pack(&waybill(), &bundle(), &key()).expect("it fits");
        assert_eq!(Consignment::unpack(&bytes), Ok(Consignment { waybill: waybill(), bundle: bundle() }));
    }

    #[test]
    fn nobody_changes_one_or_makes_one_up() {
        let bytes = Consignment::pack(&waybill(), &bundle(), &key()).expect("it fits");
        for at in 0..bytes.len() {
            assert!(Consignment::unpack(&bytes[..at]).is_err(), "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(Consignment::unpack(&changed).is_err(), "byte {at} changed");
        }
        let other = SigningKey::from_bytes(&[7; 32]);
        let forged = Consignment::pack(&waybill(), &bundle(), &other).expect("it fits");
        assert_eq!(Consignment::unpack(&forged), Err(ConsignmentError::Forged), "packed by somebody else");
        let uncounted = Waybill { part: 4, ..waybill() };
        let bytes = Consignment::pack(&uncounted, &bundle(), &key()).expect("it fits");
        assert_eq!(Consignment::unpack(&bytes), Err(ConsignmentError::Miscounted));
    }

    #[test]
    fn a_later_format_is_named() {
        let mut bytes = Consignment::pack(&waybill(), &bundle(), &key()).expect("it fits");
        bytes[4] = 2;
        assert_eq!(Consignment::unpack(&bytes), Err(ConsignmentError::NewerFormat { found: 2 }));
    }
}
