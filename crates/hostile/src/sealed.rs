//! A sealed file, as it lies on a stick that anybody may have written.

use arumbae_courier::{BundleSecret, open, seal};
use arumbae_protocol::{Consignment, Sender, Waybill};
use rand_core::{CryptoRng, RngCore, impls};

use crate::allocation::within;
use crate::bundle::bundles;
use crate::samples::{key, lane};
use crate::{Damage, Decoder};

/// Opened with the receiver's secret. A fuzzer seals nothing: what is within is tried as bundles are.
pub const DECODER: Decoder = Decoder { name: "sealed", check, samples, damage: Damage::Noticed };

fn receiver() -> BundleSecret {
    BundleSecret::from_bytes([9; 32])
}

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let Consignment { waybill, bundle } = within((1 << 20) + 32 * bytes.len(), || open(bytes, &receiver())).ok()?;
    assert_eq!(waybill.from, packer(), "nobody else packs for this receiver");
    let again = Consignment::pack(&waybill, &bundle, &key()).expect("no larger than it was");
    assert_eq!(Consignment::unpack(&again), Ok(Consignment { waybill, bundle }), "packed again it says the same");
    Some(again)
}

fn packer() -> Sender {
    Sender::Device(lane().device)
}

fn samples() -> Vec<Vec<u8>> {
    let sealed = |bundle| {
        let to = receiver().key();
        let waybill =
            Waybill { from: packer(), to, shipment: [3; 16], part: 1, parts: 2, packed_ms: 1_707_868_800_000 };
        let consignment = Consignment::pack(&waybill, &bundle, &key()).expect("it fits");
        seal(&consignment, &to, &mut Counting(0)).expect("sealed")
    };
    bundles().into_iter().map(sealed).collect()
}

/// The same samples each time.
struct Counting(u64);

impl RngCore for Counting {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        impls::fill_bytes_via_next(self, dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Counting {}
