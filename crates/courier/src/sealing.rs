//! Sealing consignments to their receiver, and opening them.

use arumbae_protocol::bundle::MAX_BUNDLE;
use arumbae_protocol::{BundleKey, Consignment};
use rand_core::CryptoRngCore;
use x25519_dalek::PublicKey;

use crate::age;
use crate::bundle_secret::BundleSecret;
use crate::refusal::Refusal;

/// What the waybill, the header and the codes between add to a bundle at most, in bytes.
const FRAME: usize = 128 << 10;

/// The largest sealed file, in bytes.
pub const MAX_SEALED: usize = MAX_BUNDLE + FRAME;

/// Seals bytes so that only the holder of the key's secret reads them.
///
/// # Errors
/// [`Refusal::ForAnother`] if the key is none that anything could be sealed to.
pub fn seal(consignment: &[u8], to: &BundleKey, rng: &mut impl CryptoRngCore) -> Result<Vec<u8>, Refusal> {
    age::encrypt(consignment, &PublicKey::from(to.0), rng).ok_or(Refusal::ForAnother)
}

/// Opens a sealed file and reads the consignment in it. Who packed it is known then; whether to listen is the caller's
/// to judge.
pub fn open(sealed: &[u8], secret: &BundleSecret) -> Result<Consignment, Refusal> {
    if sealed.len() > MAX_SEALED {
        return Err(Refusal::TooLarge);
    }
    let consignment = Consignment::unpack(&age::decrypt(sealed, secret.secret())?)?;
    // Sealed again by whoever it was sealed to first.
    if consignment.waybill.to != secret.key() {
        return Err(Refusal::Forged);
    }
    Ok(consignment)
}

#[cfg(test)]
mod tests {
    use arumbae_protocol::{Bundle, Sender, Waybill};
    use ed25519_dalek::SigningKey;
    use rand_core::OsRng;

    use super::*;

    /// `age --encrypt --recipient age1…` (age 1.1.1) of the consignment that [`consignment`] makes for [`receiver`].
    const SEALED_BY_AGE: &[u8] = include_bytes!("../tests/sealed-by-age-1.1.1.bundel");

    fn receiver() -> BundleSecret {
        BundleSecret::from_bytes([7; 32])
    }

    fn packer() -> SigningKey {
        SigningKey::from_bytes(&[8; 32])
    }

    fn consignment(bytes: usize) -> Vec<u8> {
        let from = Sender::Device(arumbae_mergelog::DeviceKey(packer().verifying_key().to_bytes()));
        let waybill = Waybill { from, to: receiver().key(), shipment: [1; 16], part: 1, parts: 1, packed_ms: 1 };
        let bundle = Bundle { segments: vec![vec![5; bytes]], ..Bundle::default() };
        Consignment::pack(&waybill, &bundle, &packer()).expect("it fits")
    }

    #[test]
    fn what_is_sealed_is_opened_by_its_receiver_alone() {
        for bytes in [0, 1, 65_536 - 400, 65_536, 300_000] {
            let sealed = seal(&consignment(bytes), &receiver().key(), &mut OsRng).expect("sealed");
            let opened = open(&sealed, &receiver()).expect("opened");
            assert_eq!(opened.bundle.segments, [vec![5; bytes]]);
            assert_eq!(open(&sealed, &BundleSecret::from_bytes([9; 32])), Err(Refusal::ForAnother));
        }
    }

    #[test]
    fn what_an_age_program_sealed_is_opened() {
        let opened = open(SEALED_BY_AGE, &receiver()).expect("opened");
        assert_eq!(opened.bundle.segments, [vec![5; 70_000]]);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_noticed() {
        let sealed = seal(&consignment(100), &receiver().key(), &mut OsRng).expect("sealed");
        for at in 0..sealed.len() {
            assert!(open(&sealed[..at], &receiver()).is_err(), "cut at {at}");
            let mut changed = sealed.clone();
            changed[at] ^= 0x01;
            assert!(open(&changed, &receiver()).is_err(), "byte {at} changed");
        }
        let long = seal(&consignment(200_000), &receiver().key(), &mut OsRng).expect("sealed");
        let chunk = (64 << 10) + 16;
        let start = long.len() % chunk;
        for end in (start..long.len()).step_by(chunk) {
            assert_eq!(open(&long[..end], &receiver()), Err(Refusal::Damaged), "cut between two chunks");
        }
    }

    #[test]
    fn files_that_are_none_say_so() {
        assert_eq!(open(b"PK\x03\x04", &receiver()), Err(Refusal::NotSealed));
        assert_eq!(open(b"", &receiver()), Err(Refusal::NotSealed));
        assert_eq!(open(b"age-encryption.org/v2\n-> X25519", &receiver()), Err(Refusal::NewerFormat));
        assert_eq!(open(&vec![b'a'; MAX_SEALED + 1], &receiver()), Err(Refusal::TooLarge));
    }

    #[test]
    fn who_receives_one_cannot_pass_it_on_as_if_it_had_been_packed_for_another() {
        let other = BundleSecret::from_bytes([9; 32]);
        let passed_on = seal(&consignment(10), &other.key(), &mut OsRng).expect("sealed");
        assert_eq!(open(&passed_on, &other), Err(Refusal::Forged));
    }

    #[test]
    fn nothing_is_sealed_to_a_key_without_a_secret() {
        assert_eq!(seal(&consignment(10), &BundleKey([0; 32]), &mut OsRng), Err(Refusal::ForAnother));
    }
}
