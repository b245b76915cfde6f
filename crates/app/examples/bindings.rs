//! Writes the TypeScript of the command list to standard output; `make bindings` puts it in its place.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(arumbae_app::typescript().as_bytes())
}
