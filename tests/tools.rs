//! Programs of others that the tests drive. `scripts/setup test` installs them; a missing one fails the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The checkout.
pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A tool that `scripts/setup` put into `target/`, or one of the machine.
pub fn tool(name: &str) -> PathBuf {
    let candidates = ["target/tools/bin", "target/validators/bin"].map(|folder| checkout().join(folder).join(name));
    candidates.into_iter().find(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name))
}

/// Runs a tool and returns what it printed.
#[track_caller]
pub fn run(name: &str, arguments: &[&Path]) -> Output {
    let output = Command::new(tool(name)).args(arguments).output();
    output.unwrap_or_else(|why| panic!("{name} cannot be run ({why}); scripts/setup test installs it"))
}
