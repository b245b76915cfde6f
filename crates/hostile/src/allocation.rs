//! How much memory a decoder may take at once.

use allocation_counter::measure;

/// For what does not depend on the input: tables, buffers kept per thread.
const SLACK: u64 = 64 << 10;

/// Decodes, and holds the most memory taken at any moment against `bytes`.
pub(crate) fn within<T>(bytes: usize, decode: impl FnOnce() -> T) -> T {
    let mut decoded = None;
    let taken = measure(|| decoded = Some(decode()));
    assert!(taken.bytes_max <= bytes as u64 + SLACK, "{} bytes of memory, {bytes} allowed", taken.bytes_max);
    decoded.expect("it was decoded")
}
