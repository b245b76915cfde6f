//! Writes every decoder's samples into a folder each: what fuzzing begins with.

use std::path::PathBuf;
use std::{env, fs, io};

use arumbae_hostile::DECODERS;

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("usage: samples FOLDER"))?;
    for decoder in DECODERS {
        let folder = folder.join(decoder.name);
        fs::create_dir_all(&folder)?;
        for (number, sample) in (decoder.samples)().iter().enumerate() {
            fs::write(folder.join(format!("sample-{number}")), sample)?;
        }
    }
    Ok(())
}
