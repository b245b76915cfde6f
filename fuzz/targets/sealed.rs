#![no_main]

use arumbae_hostile::sealed::DECODER;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    (DECODER.check)(bytes);
});
