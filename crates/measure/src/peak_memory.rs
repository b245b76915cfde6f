//! The most memory this process has had at once, as Linux counts it.

use std::fs;

/// Forgets the peak so far: from here on only what is needed from now on counts. Returns the memory at hand in KiB,
/// `None` where the system does not tell.
pub fn begin() -> Option<u64> {
    // proc_pid_clear_refs(5): 5 resets the peak of the resident set.
    fs::write("/proc/self/clear_refs", "5").ok()?;
    status("VmRSS:")
}

/// The peak since [`begin`], in KiB.
pub fn peak_kib() -> Option<u64> {
    status("VmHWM:")
}

fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
